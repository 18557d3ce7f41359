"""What the add-case page asks for; a library that is open for reading only has none of it."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount

from case_library.routes.drafts import draft_routes
from case_library.routes.serving import Serving
from case_library.routes.upload import upload_routes

ADD_CASE_PATH = "/api/add"


def add_case_routes(serving: Serving) -> list[BaseRoute]:
    """Return the routes under `{base}/api/add`."""
    if serving.adding is None:
        return []
    routes = [*upload_routes(serving, serving.adding), *draft_routes(serving, serving.adding)]
    return [Mount(f"{serving.base_path}{ADD_CASE_PATH}", routes=routes)]
