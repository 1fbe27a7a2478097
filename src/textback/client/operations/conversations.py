"""What the API can do with conversations. `make api` writes it; it is not to be edited."""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import UNSET

from textback.client.calls import C, Call, Data, Listing, Page, Resource, Unset, given, listing, operation, path
from textback.client.shapes.conversations import ConversationDetail, ConversationInfo


class Conversations(Resource[C]):
    """Conversations, and who speaks in them."""

    @listing
    def list(
        self,
        *,
        limit: int | Unset = UNSET,
        status: Literal["archived", "completed", "engaged", "new", "waiting_on_agent", "waiting_on_customer"]
        | Literal[""]
        | Unset = UNSET,
        owner: str | Unset = UNSET,
        line: str | Unset = UNSET,
        waiting: bool | Unset | None = UNSET,
        contact: str | Unset = UNSET,
        tag: str | Unset = UNSET,
        queue: str | Unset = UNSET,
        updated_since: str | Unset = UNSET,
        order: Literal["latest", "oldest"] | Unset = UNSET,
    ) -> Listing[ConversationInfo]:
        """Conversations, by their last text.

        Needs the scope `conversations:read`.
        """
        return Listing(
            Call(
                "GET",
                "/v1/conversations",
                Page[ConversationInfo],
                query=given(
                    limit=limit,
                    status=status,
                    owner=owner,
                    line=line,
                    waiting=waiting,
                    contact=contact,
                    tag=tag,
                    queue=queue,
                    updated_since=updated_since,
                    order=order,
                ),
            )
        )

    @operation
    def get(self, id: str) -> Call[ConversationDetail]:
        """How a conversation stands: who has it, its flow and step, why a person was asked for, and its last texts.

        Needs the scope `conversations:read`.
        """
        return Call("GET", path("/v1/conversations/{id}", id=id), Data[ConversationDetail])

    @operation
    def take(self, id: str, *, force: bool | Unset = UNSET) -> Call[ConversationDetail]:
        """Answer yourself from now on; the bot is quiet.

        Needs the scope `conversations:write`.
        """
        return Call(
            "POST", path("/v1/conversations/{id}/take", id=id), Data[ConversationDetail], body=given(force=force)
        )

    @operation
    def hand_over(
        self,
        id: str,
        *,
        reason: str,
        ask: str | Unset = UNSET,
        queue: str | Unset = UNSET,
        text: str | Unset | None = UNSET,
    ) -> Call[ConversationDetail]:
        """Ask for a person.

        Needs the scope `conversations:write`.
        """
        return Call(
            "POST",
            path("/v1/conversations/{id}/handoff", id=id),
            Data[ConversationDetail],
            body=given(reason=reason, ask=ask, queue=queue, text=text),
        )

    @operation
    def hand_back(
        self,
        id: str,
        *,
        mode: Literal["ask", "end", "step", "wait"] | Unset = UNSET,
        step: str | Unset = UNSET,
        tell: bool | Unset = UNSET,
    ) -> Call[ConversationDetail]:
        """Give it back to the bot.

        Needs the scope `conversations:write`.
        """
        return Call(
            "POST",
            path("/v1/conversations/{id}/return", id=id),
            Data[ConversationDetail],
            body=given(mode=mode, step=step, tell=tell),
        )

    @operation
    def assign(
        self, id: str, *, user: str | Unset = UNSET, queue: str | Unset = UNSET, force: bool | Unset = UNSET
    ) -> Call[ConversationDetail]:
        """Give it to a person of the desk, to a queue, or to whoever comes first.

        Needs the scope `conversations:write`.
        """
        return Call(
            "POST",
            path("/v1/conversations/{id}/assign", id=id),
            Data[ConversationDetail],
            body=given(user=user, queue=queue, force=force),
        )

    @operation
    def note(self, id: str, *, text: str, mentions: Sequence[str] | Unset = UNSET) -> Call[ConversationDetail]:
        """Write a note for people, which is never sent.

        Needs the scope `conversations:write`.
        """
        return Call(
            "POST",
            path("/v1/conversations/{id}/notes", id=id),
            Data[ConversationDetail],
            body=given(text=text, mentions=mentions),
        )

    @operation
    def complete(self, id: str) -> Call[ConversationDetail]:
        """Close the episode. The next text begins another, with the bot.

        Needs the scope `conversations:write`.
        """
        return Call("POST", path("/v1/conversations/{id}/complete", id=id), Data[ConversationDetail], body=given())

    @operation
    def start_flow(
        self,
        id: str,
        *,
        flow: str,
        step: str | Unset = UNSET,
        values: Mapping[str, str | int | float | bool | None] | Unset = UNSET,
        class_: Literal["conversational", "informational", "promotional"] | Unset | None = UNSET,
        idempotency_key: str | Unset = UNSET,
    ) -> Call[ConversationDetail]:
        """Start a flow. What is open meanwhile is put aside.

        Needs the scope `conversations:write`.
        """
        return Call(
            "POST",
            path("/v1/conversations/{id}/flow", id=id),
            Data[ConversationDetail],
            body=given(flow=flow, step=step, values=values, class_=class_),
            key=idempotency_key,
        )
