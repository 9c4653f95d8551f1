"""What all pages share: the frame round them, controls with words, and the seconds that count down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.journey.events import Moment
from kiosk.journey.facts import Facts
from kiosk.journey.screen import Action, Frame, Icon, Intent, IntentKind, Style
from kiosk.journey.states import AwaitingRemoval, CheckingIn, Helping, Idle, Journey, uncovered
from kiosk.words.catalogue import Words


@dataclass(frozen=True, slots=True)
class Light:
    """Everything a page is made from."""

    journey: Journey
    facts: Facts
    words: Words
    all_words: Mapping[str, Words]
    moment: Moment

    def text(self, message: str, **values: object) -> str:
        """A sentence in the journey's language."""
        return self.words.text(message, **values)

    def action(
        self,
        message: str,
        kind: IntentKind,
        *,
        style: Style = Style.SECONDARY,
        icon: Icon | None = None,
        sub: str = "",
        is_enabled: bool = True,
    ) -> Action:
        """A control with the words of a message."""
        return Action(
            intent=Intent(kind),
            label=self.text(message),
            style=style,
            icon=icon,
            sub_label=self.text(sub) if sub else "",
            is_enabled=is_enabled,
        )

    def time(self, instant_ms: int) -> str:
        """The hospital's time of day."""
        return self.words.time(instant_ms, self.facts.time_zone)


def control(label: str, intent: Intent, *, style: Style = Style.SECONDARY, icon: Icon | None = None) -> Action:
    """A control with a finished label."""
    return Action(intent=intent, label=label, style=style, icon=icon)


def retiring(left_ms: int) -> int:
    """Whole seconds left, as shown: the last one is 1, and 0 is never seen."""
    return max(1, -(-left_ms // 1000))


def frame(light: Light) -> Frame:
    """Header and utilities. Language and help are always there and always in the same place; the way out in a visit."""
    facts, language = light.facts, light.journey.language
    other = next((tag for tag in facts.languages if tag != language), language)
    utilities = [control(light.text("utility.language"), Intent(IntentKind.LANGUAGE, other), icon=Icon.GLOBE)]
    state = light.journey.state
    if not isinstance(state, Helping):
        utilities.append(control(light.text("utility.help"), Intent(IntentKind.HELP), icon=Icon.HELP))
    if not isinstance(state, Idle | AwaitingRemoval) and not isinstance(uncovered(state), CheckingIn):
        leave = control(light.text("utility.end"), Intent(IntentKind.END), style=Style.DANGER, icon=Icon.EXIT)
        utilities.append(leave)
    return Frame(
        hospital=facts.hospital.text(language),
        date=light.words.day(light.moment.now_ms, facts.time_zone),
        time=light.time(light.moment.now_ms),
        language=language,
        utilities=tuple(utilities),
        offline_note="" if facts.is_online or not facts.is_enrolled else light.text("header.offline"),
    )
