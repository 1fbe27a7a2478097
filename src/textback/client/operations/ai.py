"""What the API can do with ai. `make api` writes it; it is not to be edited."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET

from textback.client.calls import C, Call, Data, Resource, Unset, given, operation, path
from textback.client.shapes.ai import DocumentBody, ForgottenDocument, ReplyData, Spoken, TrainingState


class AI(Resource[C]):
    """What the bot would answer, and teaching it."""

    @operation
    def reply(
        self,
        *,
        conversation: Sequence[Spoken | Mapping[str, Any]],
        persona: str | Unset = UNSET,
        max_length: int | Unset = UNSET,
    ) -> Call[ReplyData]:
        """Ask what the bot would answer, from what it knows or by a model. Nothing is sent.

        Needs the scope `ai:reply`.
        """
        return Call(
            "POST",
            "/v1/ai/reply",
            Data[ReplyData],
            body=given(conversation=conversation, persona=persona, max_length=max_length),
        )

    @operation
    def train(
        self,
        *,
        urls: Sequence[str] | Unset = UNSET,
        documents: Sequence[DocumentBody | Mapping[str, Any]] | Unset = UNSET,
    ) -> Call[TrainingState]:
        """Have the bot learn documents or websites, and publish it, unless the check finds errors.

        Needs the scope `knowledge:write`.
        """
        return Call("POST", "/v1/ai/train", Data[TrainingState], body=given(urls=urls, documents=documents))

    @operation
    def training(self, id: str) -> Call[TrainingState]:
        """How far a training is, or what became of it.

        Needs the scope `knowledge:write`.
        """
        return Call("GET", path("/v1/ai/train/{id}", id=id), Data[TrainingState])

    @operation
    def forget(self, name: str) -> Call[ForgottenDocument]:
        """Take a document away that a training has brought, and publish a version without it.

        Needs the scope `knowledge:write`.
        """
        return Call("DELETE", path("/v1/ai/train/documents/{name}", name=name), Data[ForgottenDocument])
