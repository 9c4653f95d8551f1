"""Text that exists in several languages: names of hospitals, departments, doctors and places."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """One text in its languages, keyed by BCP 47 tag (`zh-CN`, `en`). `zh-CN` is always there and is the fall-back."""

    by_language: dict[str, str] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The text in this language, else in Chinese, else in whatever there is, else empty."""
        for wanted in (language, "zh-CN"):
            if self.by_language.get(wanted):
                return self.by_language[wanted]
        return next(iter(self.by_language.values()), "")
