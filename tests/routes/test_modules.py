import re
import shutil
import subprocess

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from case_library.routes.modules import LinkedModulesMiddleware, LinkError, link
from case_library.viewer.component import FRONTEND


@pytest.fixture
def entry(tmp_path):
    (tmp_path / "entry.js").write_text(
        '/** import("./types.js") is a comment */\n'
        'import { half, whole as all } from "./numbers.js";\n'
        'import * as words from "./words.js";\n'
        "import {\n  ONE,\n  twice,\n} from './b-c.js';\n"
        "export default function render(x) {\n  return [half(x), all, words.hello, ONE, twice(x)].join();\n}\n"
    )
    (tmp_path / "numbers.js").write_text(
        'import { twice } from "./b-c.js";\nexport const whole = twice(4);\nexport function half(x) { return x / 2; }\n'
    )
    (tmp_path / "b-c.js").write_text("const ours = 2;\nexport const ONE = 1;\nexport const twice = (x) => ours * x;\n")
    (tmp_path / "words.js").write_text("const ours = 'hello';\nexport const hello = ours;\n")
    return tmp_path / "entry.js"


def test_the_linked_module_does_what_the_modules_do(entry, tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    linked = tmp_path / "linked.mjs"
    linked.write_text(link(entry))
    ask = f"import render from {str(linked)!r}; console.log(render(6));"
    done = subprocess.run([node, "--input-type=module", "-e", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "3,8,hello,1,12"


@pytest.mark.parametrize(
    "statement",
    ['export { a } from "./b-c.js";', "export let a = 1;", 'import a from "./b-c.js";', 'import "elsewhere";'],
)
def test_what_is_not_understood_is_refused(entry, statement):
    entry.write_text(statement + "\n")
    with pytest.raises(LinkError, match=r"entry\.js"):
        link(entry)


def test_modules_that_import_each_other_in_a_circle_are_refused(entry):
    (entry.parent / "b-c.js").write_text('import "./entry.js";\n')
    with pytest.raises(LinkError, match="imports itself"):
        link(entry)


@pytest.mark.parametrize("name", ["viewer", "gallery"])
def test_the_components_link(name):
    text = link(FRONTEND / f"{name}-component.js")
    assert text.count("export ") == 1
    names = re.findall(r"^const (\$\w+) = \(\(\) => \{$", text, re.MULTILINE)
    assert len(names) == len(set(names)) > 5
    assert "$types" not in names


def test_the_module_is_sent_once_and_then_only_confirmed(entry):
    middleware = Middleware(LinkedModulesMiddleware, modules={"/m/entry.js": entry})
    client = TestClient(Starlette(middleware=[middleware]))
    sent = client.get("/m/entry.js")
    assert sent.text == link(entry)
    assert sent.headers["content-encoding"] == "gzip"
    assert sent.headers["content-type"].startswith("text/javascript")
    again = client.get("/m/entry.js", headers={"If-None-Match": sent.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = client.get("/m/entry.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == sent.text
    assert client.get("/m/other.js").status_code == 404
