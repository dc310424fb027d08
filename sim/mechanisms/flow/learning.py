"""Learning: skill grows by doing and by coaching, and wears off as technology moves on; fluency in AI by using it.

A week of practice adds  rate / 52 x practice x [(1 - c) + c x coverage x (1 + quality / 4)]  to log skill, practice being
hand-writing hours plus lambda times AI-written standard hours, over the hand-writing hours of a typical week; c is the part
that needs coaching (Lazear, Shaw and Stanton 2015: good bosses act mainly through teaching). Depreciation takes a fixed
yearly share. Fluency closes  growth / 52 x AI share  of its gap to 1 (N61: slow); with an AI strategy, that decides. Part of 5.9
of the model because it is one of the benefits of hierarchy.

Not modelled: learning from reviews, saturation with age, forgetting by disuse of one tool.
Parameters: learning.*, ai.fluency_growth.
"""

from math import exp

from sim.constants import MANAGER, WEEKS_PER_YEAR
from sim.engine.kernel import kernel

#: Hand-writing hours that count as one full week of practice (a quarter of the week, D01).
FULL_PRACTICE = 10.0
MOST_PRACTICE = 2.0
NO_STRATEGY = 0


@kernel
def learn(org, p):
    """Update everybody's skill after a week."""
    for i in range(len(org.people)):
        person = org.people[i]
        if p.switches_learning and person.role != MANAGER:
            coached = 0.0
            boss = org.people[person.human].boss
            if boss >= 0:
                coached = org.people[boss].coverage * (1.0 + 0.25 * org.people[boss].quality)
            practice = min(
                (person.hand_hours + p.learning_ai_share * person.ai_hours) / FULL_PRACTICE, MOST_PRACTICE
            )
            growth = (
                p.learning_rate * practice * (1.0 - p.learning_coaching_share * (1.0 - max(coached, 0.0)))
            )
            person.skill *= exp((growth - p.learning_depreciation) / WEEKS_PER_YEAR)
        if p.ai_fluency_growth > 0.0 and p.ai_strategy == NO_STRATEGY and person.role != MANAGER:
            person.fluency += p.ai_fluency_growth / WEEKS_PER_YEAR * person.ai_share * (1.0 - person.fluency)
        person.hand_hours = 0.0
        person.ai_hours = 0.0
