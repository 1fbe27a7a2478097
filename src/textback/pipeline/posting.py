"""Posting: the one place where a text is handed to a provider, and only with the gate's permit for that very text."""

import msgspec

from textback.channels.base import Accepted, Failure, Outgoing, Provider
from textback.compliance.gate import Permit
from textback.pipeline.bad_numbers import refused_for_good


async def post(provider: Provider, outgoing: Outgoing, permit: Permit) -> Accepted | Failure:
    """Hand a text to its provider. TypeError when the permit is for another text."""
    if type(permit) is not Permit or permit.message_id != outgoing.message_id:
        raise TypeError("The gate has given no permit for this text.")
    result = await provider.send(outgoing)
    if isinstance(result, Failure) and refused_for_good(provider.name, result.code):
        return msgspec.structs.replace(result, bad_number=True)
    return result
