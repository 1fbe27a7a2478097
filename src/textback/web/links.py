"""Short links: one redirect to where our own text said, never to anywhere that a request names (rule E4)."""

import asyncio
import re
import time

import structlog
from starlette.requests import Request
from starlette.responses import Response

from textback.pipeline.redact import network_of
from textback.pipeline.shortener import PATH
from textback.pipeline.wording import leads_to
from textback.store import short_links
from textback.web.context import WebContext
from textback.web.metrics import LINK_CLICKS
from textback.web.pages import page

__all__ = ["PATH", "follow"]

log = structlog.get_logger("textback.links")

MOST_MISSES = 60
"""Links that are not there that a network may ask for in a minute; tokens can't be guessed faster."""
MOST_NETWORKS = 10_000
NOTE_WAIT = 2.0
"""Seconds that noting a click may take before it leads on without it."""

#: Programs that fetch a link to show what it is, before anybody has opened it: parts of their User-Agent. From the
#: documentation of these services, as of 2026-11-20. iMessage names itself as Facebook's and Twitter's.
PREVIEWS = re.compile(
    r"facebookexternalhit|facebot|twitterbot|whatsapp|telegrambot|slackbot|slack-imgproxy|discordbot|linkedinbot|"
    r"skypeuripreview|googlebot|google-pagerenderer|googleimageproxy|googlemessages|bingbot|bingpreview|applebot|"
    r"pinterest|redditbot|viber|line-poker|kakaotalk-scrap|mastodon|iframely|embedly|bitlybot|vkshare|snap url preview|"
    r"yahoo! slurp|duckduckbot|baiduspider|yandexbot|microsoftpreview|safelinks|proofpoint|mimecast|barracuda|"
    r"\bbot\b|crawler|spider|preview|headlesschrome|python-requests|aiohttp|curl/|wget/|go-http-client|okhttp",
    re.IGNORECASE,
)
_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


class Misses:
    """Counts, for this minute, the links that each network asked for in vain."""

    def __init__(self, most: int = MOST_MISSES) -> None:
        self._most = most
        self._minute = 0
        self._counts: dict[str, int] = {}

    def _now(self) -> dict[str, int]:
        minute = int(time.monotonic() // 60)
        if minute != self._minute or len(self._counts) > MOST_NETWORKS:
            self._minute, self._counts = minute, {}
        return self._counts

    def too_many(self, network: str) -> bool:
        """Whether this network has to wait for the next minute."""
        return self._now().get(network, 0) >= self._most

    def add(self, network: str) -> None:
        """One more in vain."""
        counts = self._now()
        counts[network] = counts.get(network, 0) + 1


misses = Misses()


def looks_only(request: Request) -> bool:
    """Whether it is a program that only looks, and nobody has opened anything."""
    purpose = f"{request.headers.get('purpose', '')} {request.headers.get('sec-purpose', '')}"
    agent = request.headers.get("user-agent", "")
    return request.method == "HEAD" or "prefetch" in purpose or not agent or PREVIEWS.search(agent) is not None


def _page(request: Request, status: int, title: str, sentence: str) -> Response:
    shown = page(request, "short_link.html", {"title": title, "sentence": sentence}, status)
    shown.headers.update(_HEADERS)
    return shown


async def follow(request: Request) -> Response:
    """GET /l/{token}: lead on to where the link leads, and note that it was opened."""
    ctx: WebContext = request.app.state.ctx
    network = network_of(request.client.host if request.client else "")
    if misses.too_many(network):
        LINK_CLICKS.labels("limited").inc()
        shown = _page(request, 429, "Wait a minute", "Too many links that do not exist were asked for from here.")
        shown.headers["Retry-After"] = "60"
        return shown
    now = ctx.road.now()
    link = await ctx.db.read(short_links.find, ctx.workspace, request.path_params["token"])
    if link is None:
        misses.add(network)
        LINK_CLICKS.labels("unknown").inc()
        return _page(
            request, 404, "This link does not exist", "Look at the text again: perhaps a part of it is missing."
        )
    if now >= link.expires_at or not leads_to(ctx.bot(), link.target):
        LINK_CLICKS.labels("expired").inc()
        return _page(
            request, 410, "This link does not work any more", "Answer the text that it came in to get a new one."
        )
    if looks_only(request):
        LINK_CLICKS.labels("preview").inc()
    else:
        try:
            async with asyncio.timeout(NOTE_WAIT):
                await ctx.db.write(short_links.clicked, link, network, now)
            LINK_CLICKS.labels("opened").inc()
            ctx.road.hub.publish([link.contact_id])
        except Exception as error:  # whoever opened it wants to get there
            LINK_CLICKS.labels("lost").inc()
            log.warning("a click was not noted", error=type(error).__name__)
    return Response(status_code=302, headers={"Location": link.target, **_HEADERS})
