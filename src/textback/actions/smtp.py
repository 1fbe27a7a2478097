"""One message handed to a mail server: over TLS from the start on port 465, else by STARTTLS, and never a password
without. The server's addresses are checked as those of any other system."""

import asyncio
import ssl
from contextlib import suppress

from textback.actions.asking import Asker, NoResult
from textback.actions.base import Failed
from textback.actions.fetch import FetchError, look_up
from textback.core.smtp import AUTH_CODES, TLS_PORT, Letter, NoTls, Refused, Talk


async def hand_in(asker: Asker, server: str, port: int, letter: Letter) -> None:
    """Hand a message to its server. Raises NoResult."""
    talk: Talk | None = None
    tls = ssl.create_default_context()
    try:
        async with asyncio.timeout(asker.left):
            addresses = await look_up(server, port, asker.allowed)
            secure = {"ssl": tls, "server_hostname": server} if port == TLS_PORT else {}
            talk = Talk(*await asyncio.open_connection(addresses[0], port, **secure))  # type: ignore[arg-type]
            # Without TLS nothing that is secret is said.
            await talk.begin(None if port == TLS_PORT else tls, server, required=bool(letter.user))
            await talk.hand_in(letter)
    except FetchError as error:
        raise NoResult(Failed("misconfigured" if error.how == "refused" else "retry", detail=error.detail)) from None
    except Refused as refused:
        raise NoResult(_failed(refused.code)) from None
    except NoTls:
        detail = "The mail server has no STARTTLS, so no password is sent to it."
        raise NoResult(Failed("misconfigured", detail=detail)) from None
    except ssl.SSLError:
        raise NoResult(Failed("misconfigured", detail="The mail server's certificate is not right.")) from None
    except (OSError, TimeoutError, ValueError):
        handed = talk is not None and talk.handed
        detail = "The mail server did not say whether it has the message." if handed else "The mail server is away."
        raise NoResult(Failed("unknown" if handed else "retry", detail=detail)) from None
    finally:
        if talk is not None:
            talk.writer.close()
            with suppress(OSError):
                await talk.writer.wait_closed()


def _failed(code: int) -> Failed:
    """What a code that we did not want means."""
    if code in AUTH_CODES:
        return Failed("misconfigured", str(code), "The mail server does not accept the user or the password.")
    if code in (421, 450, 451, 452):
        return Failed("throttled", str(code), "The mail server wants to be asked later.")
    if 400 <= code < 500:
        return Failed("retry", str(code), "The mail server failed.")
    return Failed("rejected", str(code), "The mail server refused the message.")
