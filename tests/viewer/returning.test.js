import assert from "node:assert/strict";
import { test } from "node:test";

import { kindOf } from "../../case_library/viewer/frontend/returning.js";

for (const [address, kind] of [
  ["http://127.0.0.1:8501/case?case=case-one&clip=clip-1&frame=5", "case"],
  ["http://127.0.0.1:8501/cases/case?case=case-one", "case"],
  ["http://127.0.0.1:8501/case", "between"],
  ["http://127.0.0.1:8501/?case=case-one", "between"],
  ["http://127.0.0.1:8501/", "elsewhere"],
]) {
  test(`${address} is ${kind}`, () => {
    assert.equal(kindOf(address), kind);
  });
}
