/**
 * @param {Blob} blob  JPEG or PNG
 * @param {{ columns: number, rows: number }} size  what the clip says
 * @returns {Promise<ImageBitmap>} the stored values: no colour management, no alpha
 */
export async function decodeImage(blob, { columns, rows }) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  } catch {
    throw new Error("its picture is damaged");
  }
  if (bitmap.width !== columns || bitmap.height !== rows) {
    const found = `${bitmap.width} × ${bitmap.height}`;
    bitmap.close();
    throw new Error(`its picture has ${found} pixels where the clip has ${columns} × ${rows}`);
  }
  return bitmap;
}
