"""A replay of one run, as plain numbers that a page or a notebook can draw: a frame a week, or a day.

``replay(scenario, seed, run, by)`` plays one run and returns a `Replay`: ``head`` (what never changes) and ``frames`` (a list).
``play`` gives the same frames one by one, while the run goes on. Everything is made of dict, list, str, int, float and None, so
``json.dumps`` takes it; a frame of 117 people is below 8,000 bytes. The run is that of `orgsim run` with this seed and run
number, bit for bit: looking changes nothing. There are no names, no pay and no skill: people have numbers, in the order in which
they appear, which mean nothing outside of this replay and never belong to anybody else later.

**head** (`Head`)

    scenario, seed, run, by   what is replayed; by: "week" or "day"
    weeks                     the horizon, weeks after the warm-up
    people                    how many there are at the start
    activities                names of the columns of ``ics.hours``, in order (`ACTIVITIES`)
    outcomes                  names of the outcomes in ``outcomes`` of a frame -> unit

**frame** (`Frame`): what a week (or a day) was like for those who were there in it, and who comes and goes at its end

    week        weeks since the warm-up that have ended: 0 in the first frame; within a week the completed ones
    day         working days since the end of the warm-up: 5 a week
    hours       length of the period that the hours below belong to: 40 of a week, 8 of a day. In the first frame these are
                the last week (day) of the warm-up; 0 if there is none.
    teams       a column a field, a row a manager, by seat (a manager's team belongs to the seat)
        seat        number of the seat: the team's key
        id          who sits there
        boss        seat of the manager above, -1 for a top
        layer       1: managers of ICs, 2: their managers, ...
        load        hours of work that reached the inbox / hours the manager had for it; above 1 it grows; None: had none
        inbox       items that wait in the inbox at the period's end (the one in hand is not counted)
        inbox_hours hours of attention that they need
        reviews     reviews that the team has been asked for and that nobody has begun, at the period's end
        review_hours hours that they need
    ics         a column a field, a row an IC, by seat
        seat, id
        team        seat of the manager, -1 without one
        hours       [activities] hours by activity in the period, to .1 h; they add up to ``hours`` (see there)
        blocked     changes of the IC that stand still at the period's end, for an answer or another IC
    vacant      seats that nobody sits on in the period: columns seat, boss (seat), manager (true: a manager's seat)
    waits       who waits for whom at the period's end: kind -> list of [who, for whom], an entry a change that stands still
        question      for an answer: the IC or manager in whose inbox, or hands, it is
        coordination  for another IC, or for a manager on the way there; for oneself: the own part of it is left to do
    stages      changes in progress at the period's end, by stage (`sim.engine.codes.STAGES`)
    arrivals    who joined at the period's end: list of {id, role, seat, boss}
    leavings    who left at the period's end: list of {id, role, seat, reason, rule, joined}
        reason      "quit", "laid off", "retired" or "dismissed"
        rule        of a layoff, what chose this person (`sim.engine.codes.LAYOFF_RULES`); else None
        joined      week at whose end the person was hired; None: was there at the start
    moves       who changed seats at the period's end: list of {id, what, seat}
        what        "promoted", "became an IC", or "moved" to another seat of the same kind
    totals      counted from the end of the warm-up to this moment, people's events at the period's end included
        value (standard hours delivered, less what incidents destroyed), merged, guesses, incidents (counts of the work),
        hired, quits, layoffs (dismissals are layoffs), retired, promotions, conversions
    outcomes    outcomes of all completed weeks, by name (head); None where undefined, and in all before week 1 has ended

role is "IC" or "manager". People come and go at week's ends only, from week 0 on, so within a week ``arrivals``, ``leavings`` and
``moves`` are empty; who arrives is in ``ics`` or ``teams`` from the next frame on, who leaves is not any more. The last frame's
outcomes are those of the run. By week there are weeks + 1 frames, by day 5 weeks + 1.
"""
