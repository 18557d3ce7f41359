import assert from "node:assert/strict";
import { test } from "node:test";

import { StaleError } from "../../case_library/viewer/frontend/add-case-api.js";
import { Draft } from "../../case_library/viewer/frontend/draft.js";

/** A server that holds one draft; its revision is raised by whoever changes it. */
class Server {
  revision = 1;
  /** @type {object[]} */
  kept = [];

  async ask(method, path, body) {
    if (method !== "GET") {
      if (body.revision !== this.revision) throw new StaleError("stale");
      this.kept.push(body);
      this.revision += 1;
    }
    return { slug: "a", revision: this.revision, clips: [] };
  }
}

async function opened() {
  const server = new Server();
  const draft = new Draft(server, () => {});
  await draft.load("a");
  return { server, draft };
}

test("an edit that meets what this page itself was adding is saved on top of it", async () => {
  const { server, draft } = await opened();
  let end = () => {};
  draft.during(new Promise((resolve) => (end = () => resolve(draft.load("a")))));
  server.revision = 2; // a clip came in, and the page does not know yet
  const saved = draft.edit("PATCH", "", { change: { title: "Tear" } });
  setTimeout(end, 5);
  assert.equal(await saved, true);
  assert.deepEqual([draft.state, server.kept.length, server.kept[0].revision], ["saved", 1, 2]);
});

test("a change by another window keeps both versions, also after something was added", async () => {
  const { server, draft } = await opened();
  draft.during(Promise.resolve());
  server.revision = 5;
  assert.equal(await draft.edit("PATCH", "", {}), false);
  assert.deepEqual([draft.state, server.kept], ["stale", []]);
});

test("an answer that was overtaken is not gone back to", async () => {
  const { server, draft } = await opened();
  let late = () => {};
  const asked = server.ask.bind(server);
  server.ask = (method, ...rest) => (method === "GET" ? new Promise((resolve) => (late = () => resolve({ slug: "a", revision: 1, clips: [] }))) : asked(method, ...rest));
  const loading = draft.load("a");
  await draft.edit("PATCH", "", {});
  late();
  await loading;
  assert.equal(draft.doc.revision, 2);
});
