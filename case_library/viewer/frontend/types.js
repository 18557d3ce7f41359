/**
 * The messages between the pages and the browser. `viewer/messages.py` writes them; nothing here runs.
 *
 * `frame_number` counts from 1 (people, DICOM, URLs); `frameIndex` counts from 0 (everything in these modules).
 *
 * @typedef {object} ClockMessage
 * @property {string} origin            one of `ClockOrigin` in model/timing.py
 * @property {boolean} trusted          whether a speed may be computed from it
 * @property {string} why               one sentence for the user
 * @property {number | null} frame_time_s    regular clock: seconds between frames
 * @property {number[] | null} frame_times_s irregular clock: one time per frame, the first 0
 * @property {number | null} duration_s
 * @property {number | null} rate_fps        mean frames per second
 *
 * @typedef {object} PlaybackMessage
 * @property {number | null} display_rate_fps what the file asks to be shown at; never a source of times
 * @property {number | null} start_frame      frame number, (0008,2142) *Start Trim*
 * @property {number | null} stop_frame       frame number, (0008,2143) *Stop Trim*
 * @property {"loop" | "sweep"} sequencing    (0018,1244) *Preferred Playback Sequencing*
 *
 * @typedef {object} ScaleMessage
 * @property {string} origin            one of `ScaleOrigin` in model/calibration.py
 * @property {boolean} trusted          whether a length may be shown in millimetres
 * @property {string} why
 * @property {number | null} region     number of the ultrasound region, from 1
 * @property {[number, number] | null} mm_per_px  along x and y
 *
 * @typedef {object} RegionMessage
 * @property {number} number
 * @property {number} min_x
 * @property {number} min_y
 * @property {number} max_x
 * @property {number} max_y
 * @property {boolean} trusted
 * @property {[number, number] | null} mm_per_px
 *
 * @typedef {object} FactMessage
 * @property {string} label
 * @property {string} value
 * @property {string} [title]
 *
 * @typedef {object} ClipMessage
 * @property {string} clip_id
 * @property {string} title
 * @property {number} frame_count
 * @property {number} columns
 * @property {number} rows
 * @property {number} pixel_aspect      height of a pixel over its width
 * @property {ClockMessage} clock
 * @property {PlaybackMessage} playback
 * @property {ScaleMessage} scale
 * @property {RegionMessage[]} regions
 * @property {import("./ruler.js").Ruler} ruler
 * @property {string | null} stage      (0008,2120) *Stage Name*
 * @property {string | null} view       (0008,2127) *View Name*
 * @property {string | null} laterality
 * @property {FactMessage[]} facts      what the file says, ready to show
 * @property {boolean} has_poster
 * @property {string} url               ends with a slash; the key in it is a hash of the content
 * @property {string} token             goes into the Authorization header, never into a URL
 * @property {PackIndex | null} pack    the list of its frames, where it is at hand
 *
 * @typedef {object} CaseMessage
 * @property {string} slug
 * @property {string} title
 * @property {string} summary
 * @property {"patient" | "synthetic"} source
 * @property {"draft" | "published"} status
 *
 * @typedef {object} EditMessage
 * @property {number} revision
 * @property {Record<string, import("./edits.js").Item[]>} lists  by name: `findings`, `clips/clip-1/phases`
 * @property {string | null} save_url   where changes are sent; null where this reader may make none
 * @property {string | null} token
 *
 * @typedef {object} LinkedClip        a clip of another case
 * @property {string} kind              `LinkKind` of model/narrative.py
 * @property {string | null} from_clip  the clip it is named for; null: the case
 * @property {string} slug
 * @property {string} case_title
 * @property {ClipMessage} clip
 * @property {any[]} phases
 *
 * @typedef {object} ViewerData
 * @property {CaseMessage} case
 * @property {ClipMessage[]} clips
 * @property {EditMessage} edit
 * @property {{ kind: string, clip_id: string | null, to_case: string | null, to_clip: string | null }[]} links
 * @property {{ url: string, token: string } | null} tables  where its tables are fetched; null for a draft
 * @property {LinkedClip[]} linked      clips of other cases that this one names
 * @property {import("./story-pages.js").Story} story  what is told and not edited here
 * @property {string} clip_id           where a deep link wants to land
 * @property {number} frame_number
 *
 * @typedef {object} GalleryCase
 * @property {string} slug
 * @property {string} title
 * @property {string} summary
 * @property {"patient" | "synthetic"} source
 * @property {"draft" | "published"} status
 * @property {number} clip_count
 * @property {number} frame_count_max
 * @property {boolean} moving
 * @property {string | null} problem    why the folder cannot be read
 * @property {string | null} remedy
 * @property {string | null} building   how far its clips are, while they are not made yet
 * @property {string | null} poster_url
 * @property {string | null} token
 * @property {string} href
 *
 * @typedef {object} GalleryData
 * @property {GalleryCase[]} cases
 * @property {boolean} editor           whether this person may add cases
 * @property {string} library_hint      where the library lies, in words
 * @property {string} add_href          the page on which one adds a case
 *
 * @typedef {object} MaskRectangle      stored pixels, inside the frame
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {string} origin            one of `MaskOrigin` in model/mask.py
 * @property {string} why
 *
 * @typedef {object} DraftClipFields
 * @property {{ rectangles: MaskRectangle[], note: string } | null} mask  what goes black when the draft is confirmed
 * @property {MaskRectangle[]} burned   what is black in the stored file already
 * @property {boolean} viewed           seen whole at 100 %
 * @property {string[]} notes           what was done to it on the way in
 * @property {number} file_bytes
 * @typedef {ClipMessage & DraftClipFields} DraftClipMessage
 *
 * @typedef {object} DraftMessage
 * @property {string} slug
 * @property {number} revision
 * @property {string} title
 * @property {string} summary
 * @property {string} region            its key; empty where none is chosen
 * @property {string} laterality        empty where none is chosen
 * @property {DraftClipMessage[]} clips
 * @property {{ clip_id: string, sentence: string }[]} obstacles  what holds confirming back
 * @property {{ field: string, start: number, end: number, kind: string }[]} matches  free text that the header held too
 *
 * @typedef {object} AddCaseData
 * @property {string} api               where the page asks, without a slash at its end
 * @property {string} token
 * @property {string | null} slug       the draft that the address names
 * @property {{ code: string, meaning: string }[]} regions
 *
 * @typedef {object} PackIndex          body of `GET index`
 * @property {1} format
 * @property {number} frame_count
 * @property {number} columns
 * @property {number} rows
 * @property {string} media_type
 * @property {boolean} passed_through   whether the frames are the file's own JPEG
 * @property {{ first: number, lengths: number[] }[]} segments  the length of a frame without a picture is 0
 * @property {Record<string, string>} [broken]  frame number -> why it has no picture
 *
 * @typedef {"light" | "exact" | "broken"} Rendition  which pixels are on screen
 */

export {};
