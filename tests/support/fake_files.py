"""A server on this machine that has files, and misbehaves as strangers' servers do."""

from aiohttp import web

from tests.support.listening import Listening

PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 20


class FakeFiles(Listening):
    """Answers by path. `asked` are the requests so far: path and headers, names in lower case."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.elsewhere = ""
        self.status = 200
        self.body = PNG
        self.app.router.add_get("/{rest:.*}", self._answer)

    @property
    def port(self) -> str:
        """Where it listens."""
        return self.url.rpartition(":")[2]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, {name.lower(): value for name, value in request.headers.items()}))
        if request.path.endswith("/told"):
            return web.json_response({"url": f"{self.url}/file"})
        if request.path.endswith("/away"):
            return web.Response(status=302, headers={"Location": self.elsewhere})
        if request.path.endswith("/never"):
            await self.stopping.wait()
        if request.path.endswith("/round"):
            return web.Response(status=302, headers={"Location": str(request.url)})
        if request.path.endswith("/endless"):
            answer = web.StreamResponse(headers={"Content-Type": "image/png"})
            await answer.prepare(request)
            try:
                await answer.write(PNG)
                while not self.stopping.is_set():
                    await answer.write(b"x" * 65536)
            except ConnectionError:
                pass
            return answer
        return web.Response(status=self.status, body=self.body, content_type="image/jpeg")
