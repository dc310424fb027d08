"""Every parameter of the model, declared once: value, plausible range, unit, source.

From these declarations flow the scenario schema, the reference page, the sensitivity ranges and the record that the
compiled kernels read (`record`). A path such as ``review.detection`` is written in a scenario as ``review: {detection:
0.7}`` or as ``parameters: {review.detection: 0.7}``; the kernels read it as ``p.review_detection``.

Here are those of the flow of work and of money; those of people over time are in `sim.parameters.people`. What a
declaration means is in `sim.parameters.declaration`.
"""

from math import inf

from sim.parameters.declaration import ASSUMPTION, DISTRIBUTIONS, choice, par, policy, switch

SWITCHES = (
    switch("switches.flow", True, "work flows; off: nothing is written, asked or reviewed, only the people's weeks are held, and contribution is competence in the present job"),
    switch("switches.ai", True, "AI coding agents and assistants; off: every change is written by hand"),
    switch("switches.ai_answers", True, "people ask AI before they ask people"),
    switch("switches.ai_preparation", True, "AI helps to specify, test and document"),
    switch("switches.questions", True, "questions that climb the hierarchy"),
    switch("switches.dependencies", True, "changes that need another IC"),
    switch("switches.review", True, "review before merge; off: a written change merges"),
    switch("switches.review_budget", True, "weekly review budget per IC; off: reviewers take every review at once"),
    switch("switches.pickup", True, "delay until a reviewer first looks"),
    switch("switches.defects", True, "latent defects, fixes and incidents"),
    switch("switches.alignment", True, "drifting target and beliefs; off: value = size"),
    switch("switches.meetings", True, "meetings of ICs and managers"),
    switch("switches.pairwise_communication", True, "hours per communication partner in the team"),
    switch("switches.other_duties", True, "fixed duties besides meetings (support, interviews, admin)"),
    switch("switches.people_time", True, "managers' time for their reports; off: everybody is fully coached at no cost"),
    switch("switches.hands_on", True, "protected hands-on coding time of first-line managers"),
    switch("switches.learning", True, "skill grows by doing and coaching"),
    switch("switches.skill_differences", True, "people differ in skill, knowledge, fluency and management quality"),
)

WORK = (
    par("work.size_mean", 3.7, 2.5, 5.0, "standard hours", ASSUMPTION, "mean size of a change (fitted to C17 and D01)"),
    par("work.size_cv", 1.0, 0.6, 1.5, "cv", ASSUMPTION, "coefficient of variation of change size"),
    choice("work.size_distribution", "lognormal", DISTRIBUTIONS, "distribution of change size"),
    par("work.skill_sd", 0.35, 0.2, 0.5, "standard deviation", ASSUMPTION, "sd of log skill (median 1); the right tail are super ICs"),
    par("work.prep_hours", 0.44, 0.3, 1.0, "hours/standard hour", ASSUMPTION, "specification, tests and release by the owner (fitted to D01)"),
    par("work.other_duties", 0.17, 0.10, 0.25, "share", ASSUMPTION, "share of an IC's week in support, interviews and admin"),
    policy("work.wip_limit", 3, "count", "changes an IC may have in writing at once", minimum=1),
    policy("work.max_open", 8, "count", "changes of one IC that may await merge at once", minimum=1),
    policy("work.demand", inf, "changes/IC-week", "changes asked for, pooled per team; .inf = endless backlog", infinite=True),
    policy("work.demand_elasticity", 0.0, "exponent", "demand grows as (planned coding speed-up) to this power"),
)

COMMUNICATION = (
    par("meetings.ic_share", 0.15, 0.10, 0.20, "share", ("D02",), "share of an IC's week in meetings"),
    par("meetings.manager_share", 0.15, 0.10, 0.20, "share", ("D02", "D04"), "share of a manager's week in own meetings"),
    par("communication.hours_per_partner", 0.15, 0.05, 0.30, "hours/week", ASSUMPTION, "pairwise communication per partner in the team"),
    par("communication.partners_max", 8, 5, 12, "count", ("J01", "J03"), "partners beyond this number are not talked to every week"),
    par("communication.delay_hours", 1.0, 0.25, 4.0, "hours", ASSUMPTION, "hours until a message reaches an inbox"),
)

AI = (
    policy("ai.share_of_code", 0.265, "share", "planned share of merged code volume written by AI"),
    policy("ai.agent_fraction", 0.3, "share", "the agents' part of the AI share; the rest is assistant-written"),
    par("ai.use_sd", 1.0, 0.0, 2.0, "standard deviation", ASSUMPTION, "sd of the logit of people's own AI shares around the planned one; 0 = all alike"),
    par("ai.use_scale", 0.15, 0.05, 0.5, "share", ASSUMPTION, "AI is at hand (answers, seats, governance) to the extent 1 - exp(-share/scale); 0 = fully wherever it is used"),
    par("ai.delegation", 0.6, -0.2, 1.0, "correlation", ("N21", "N30", "C23", "C24", "N43"), "rho: how far a change's size decides whether an agent gets it (0 blind, 1 smallest first, below 0: they choose badly)"),
    par("ai.selection", 0.25, -0.1, 0.7, "log-sd", ASSUMPTION, "log-sd of the need to verify; the assistant is used first where it is small (below 0: where it is great)"),
    par("ai.scope", 0.10, 0.0, 0.40, "share", ("N21", "N43"), "what AI adds to what was asked (tests, clean-up), over the part that it writes"),
    par("ai.scope_worth", 0.5, 0.0, 1.0, "share", ASSUMPTION, "worth of an added standard hour over one that was asked for"),
    par("ai.prep_saving", 0.15, 0.0, 0.35, "share", ASSUMPTION, "hours of preparation that AI saves, at a share of code of ai.prep_share and above"),
    policy("ai.prep_share", 0.3, "share", "share of code from which the whole of ai.prep_saving is had; linear below", minimum=0.01),
    policy("ai.agents_per_supervisor", 3, "count", "agents one IC may run in parallel", maximum=1000),
    par("ai.assistant_speed", 6.0, 4.0, 12.0, "factor", ("B01", "B05", "N05", "N07", "N13"), "k: speed on the AI-written part of an assisted change", infinite=True),
    par("ai.assistant_verify_hours", 0.40, 0.25, 0.75, "hours/standard hour", ("B05", "B06", "N02", "N03", "N05"), "v: prompting, reading and correcting, per AI-written standard hour"),
    par("ai.reading_exponent", 0.3, 0.1, 0.6, "exponent", ASSUMPTION, "rho: reading skill = skill^rho"),
    par("ai.specify_fixed_hours", 0.3, 0.1, 0.6, "hours", ASSUMPTION, "s0: owner's hours to brief an agent, whatever the size"),
    par("ai.specify_hours", 0.05, 0.0, 0.15, "hours/standard hour", ASSUMPTION, "s1: owner's hours to brief an agent, per standard hour"),
    par("ai.agent_verify_hours", 0.2, 0.1, 0.5, "hours/standard hour", ("N15",), "v_a: owner's verification of an agent's change"),
    par("ai.agent_speed", 6.0, 3.0, 20.0, "standard hours/hour", ASSUMPTION, "standard hours an agent writes per hour of its own time"),
    choice("ai.agent_distribution", "deterministic", DISTRIBUTIONS, "distribution of an agent's running time around its mean"),
    par("ai.horizon_hours", 6.0, 3.0, 16.0, "standard hours", ("B22", "B23", "N16"), "h50: size at which an agent succeeds half the time"),
    par("ai.horizon_slope", 0.8, 0.5, 1.2, "exponent", ("B22",), "beta: steepness of the success curve 1/(1+(S/h50)^beta)"),
    policy("ai.horizon_doubling_weeks", inf, "weeks", "doubling time of h50 (B21: 131 days = 18.7 weeks); .inf = no growth", infinite=True),
    par("ai.briefing_exponent", 0.5, 0.0, 1.0, "exponent", ("N62", "B15"), "eps: an agent's odds of success go with skill^eps of whoever briefs it"),
    par("ai.retry_correlation", 0.5, 0.0, 0.9, "share", ASSUMPTION, "part of an agent's luck that belongs to the change and stays with it in another attempt"),
    par("ai.failure_worth", 0.5, 0.0, 1.0, "share", ASSUMPTION, "what a failure that nobody noticed delivers, over a success"),
    switch("ai.redo_assisted", True, "what agents failed at is redone with the assistant; off: by hand"),
    par("ai.verification_detection", 0.85, 0.70, 0.95, "probability", ASSUMPTION, "probability that the owner notices a failed agent run"),
    policy("ai.retries", 1, "count", "agent attempts after a noticed failure, before the owner redoes the change"),
    par("ai.failure_defect_factor", 3.0, 1.5, 5.0, "factor", ASSUMPTION, "defects of an unnoticed failure over those of a success"),
    par("ai.volume_ratio", 1.20, 1.0, 1.5, "ratio", ("N18", "N19", "N20", "N01", "C04"), "g: volume of AI code per volume of the same change by hand", minimum=1.0),
    par("ai.defect_ratio", 1.20, 0.9, 1.7, "ratio", ("N44", "N46", "N09", "N47", "C11"), "kappa: latent defects of AI code over human code before review"),
    policy("ai.guardrail", 0.0, "share", "share of AI defects that standards and automatic checks prevent"),
    par("ai.guardrail_verification", 0.3, 0.0, 0.6, "share", ASSUMPTION, "share of verification that full guardrails save"),
    par("ai.fluency_mean", 0.5, 0.3, 0.7, "share", ASSUMPTION, "mean AI fluency of people (0 novice, 1 expert user)"),
    par("ai.fluency_sd", 0.15, 0.05, 0.25, "standard deviation", ASSUMPTION, "sd of AI fluency, clipped to 0..1"),
    par("ai.fluency_growth", 0.6, 0.0, 1.5, "1/year", ("N61",), "part of the way to full fluency that a year of full use of AI takes somebody"),
    par("ai.fluency_effect", 0.6, 0.2, 1.0, "factor", ASSUMPTION, "verification and failure odds scale with exp(-effect (fluency - 0.5))"),
    choice("ai.answers", "by_use", ("by_use", "always"), "who asks AI first: people as far as AI is at hand, or everybody, whatever the AI share"),
    par("ai.answer_knowledge", 0.75, 0.55, 0.90, "probability", ASSUMPTION, "z_ai: questions up to this difficulty are answered by AI"),
    par("ai.answer_hours", 0.1, 0.03, 0.2, "hours", ASSUMPTION, "owner's hours to ask AI a question"),
    par("ai.answer_wrong", 0.10, 0.05, 0.25, "probability", ("A09",), "AI answers that are wrong and leave an extra defect"),
    par("ai.seat_usd", 30.0, 10.0, 60.0, "USD/month", ("E07",), "assistant seat per IC"),
    par("ai.usd_per_standard_hour", 10.0, 4.0, 40.0, "USD/standard hour", ("E05", "E06"), "usage price per AI-written standard hour"),
)

REVIEW = (
    policy("review.approvals", 1, "count", "reviewers of each pass", minimum=1, maximum=9),
    choice("review.approval_rule", "all", ("all", "any", "majority"), "how the reviewers' votes are combined"),
    choice("review.order", "parallel", ("parallel", "sequential"), "reviewers of a pass are asked side by side, or each when the one before has voted"),
    switch("review.decide_early", False, "a pass is decided as soon as the missing votes cannot change it; reviews not begun are withdrawn"),
    par("review.hours_per_standard_hour", 0.34, 0.20, 0.50, "hours/standard hour", ("C15",), "review effort per standard hour of volume: LOC per standard hour / review rate (fitted to C25)"),
    par("review.volume_exponent", 0.9, 0.6, 1.0, "exponent", ("N29",), "alpha: review hours go with volume^alpha"),
    par("review.reading_ai_ratio", 1.0, 0.8, 1.6, "ratio", ("N24", "N25", "N73"), "hours to read AI-written volume over human"),
    policy("review.fixed_hours_human", 0.0, "hours", "if above 0: review time independent of size (f = 0)"),
    policy("review.fixed_hours_ai", 0.0, "hours", "if fixed_hours_human is above 0: review time at f = 1, linear between"),
    choice("review.distribution", "deterministic", DISTRIBUTIONS, "distribution of review time around its mean"),
    par("review.hours_per_week", 5.2, 2.6, 6.4, "hours/week", ("C25",), "review budget per IC; reviews beyond it wait; .inf = no limit", infinite=True),
    par("review.pickup_hours", 1.2, 1.0, 7.0, "hours", ("C18", "C19"), "mean delay until a reviewer looks at a human change (fitted to C18)"),
    par("review.pickup_ai_ratio", 2.5, 1.0, 5.3, "ratio", ("N30", "C20"), "pick-up of an agent's change over a human's (linear in f)"),
    par("review.detection", 0.65, 0.5, 0.9, "probability", ("C16",), "probability that an unhurried review finds a latent defect"),
    par("review.haste_hours", 8.0, 4.0, 16.0, "hours", ASSUMPTION, "h0: backlog hours per reviewer at which half the needed time is given", infinite=True, minimum=0.01),
    par("review.unreviewed_base", 0.05, 0.01, 0.10, "probability", ("C08",), "u0: changes merged without review when there is no backlog"),
    par("review.unreviewed_backlog_hours", 3.0, 2.0, 8.0, "hours", ASSUMPTION, "q0: backlog hours per reviewer that double unreviewed merges", infinite=True, minimum=0.01),
    par("review.rereview_share", 0.4, 0.2, 1.0, "share", ASSUMPTION, "effort of a repeated pass over that of the first"),
    policy("review.max_passes", 5, "count", "after so many passes without approval a change is discarded", minimum=1),
    par("review.discard_human", 0.156, 0.09, 0.20, "probability", ("C22", "C23", "N30", "N31", "N32"), "human changes that are closed without merging"),
    par("review.discard_agent", 0.20, 0.09, 0.40, "probability", ("C23", "N30", "N31", "N32"), "agents' changes closed in review; failures that owners notice come on top, together about the half of C23"),
    policy("review.reject_human", 0.0, "probability", "extra rejection per pass at f = 0, independent of defects", maximum=0.99),
    policy("review.reject_ai", 0.0, "probability", "extra rejection per pass at f = 1, linear between", maximum=0.99),
    policy("review.rework_effort", 0.5, "factor", "rework after such a rejection over the effort of writing the change"),
    choice("review.assignment", "shared", ("shared", "addressed"), "shared queue of the team (first free) or a reviewer picked by key"),
    policy("review.dedicated_reviewers", 0, "count", "first ICs of each team that only review; the others then only code"),
    switch("review.managers_review", False, "first-line managers review in their hands-on time"),
    policy("review.error_correlation", 0.0, "probability", "several reviewers miss the same defect together with this probability"),
    switch("review.ai_reviewer", False, "an AI reviewer reads every change before people do"),
    par("review.ai_detection", 0.4, 0.2, 0.6, "probability", ASSUMPTION, "defects of human code that the AI reviewer finds"),
    par("review.ai_blindness", 0.5, 0.2, 0.8, "share", ASSUMPTION, "loss of that detection on AI-written code (correlated errors)"),
)

DEFECTS = (
    choice("defects.model", "poisson", ("poisson", "bernoulli"), "defects counted once (Poisson) or redrawn at each pass (at most one)"),
    par("defects.per_standard_hour", 0.112, 0.06, 0.20, "1/standard hour", ASSUMPTION, "latent defects of human code before review (fitted to C26)"),
    policy("defects.bernoulli_rate", 0.0, "probability", "probability of a defect at each pass under the Bernoulli model"),
    par("defects.size_exponent", 1.0, 0.8, 1.3, "exponent", ("N44",), "b: defects go with size^b"),
    par("defects.skill_exponent", 0.5, 0.0, 1.0, "exponent", ASSUMPTION, "a: defects fall as skill^-a"),
    par("defects.fix_hours", 1.5, 0.5, 3.0, "hours", ASSUMPTION, "owner's hours to fix a defect found in review"),
    par("defects.incident_hours", 4.0, 2.0, 8.0, "hours", ASSUMPTION, "hours to resolve an incident"),
    par("defects.incident_delay_hours", 60.0, 20.0, 160.0, "hours", ASSUMPTION, "mean hours from merge to incident"),
    par("defects.incident_value_loss", 2.0, 0.5, 6.0, "standard hours/incident", ASSUMPTION, "delivered value lost in an incident"),
    par("defects.most_lost", 2.0, 1.0, 5.0, "factor", ASSUMPTION, "the incidents of a change lose at most so many times what it delivered; .inf = no bound", infinite=True),
)

QUESTIONS = (
    par("questions.per_standard_hour", 0.30, 0.15, 0.50, "1/standard hour", ASSUMPTION, "rate of questions while a change is written"),
    switch("questions.one_per_change", False, "exactly one question per change, at its end, instead of a rate"),
    par("questions.ic_knowledge", 0.65, 0.50, 0.80, "probability", ASSUMPTION, "z: share of questions an IC can solve alone"),
    par("questions.ic_knowledge_sd", 0.10, 0.05, 0.15, "standard deviation", ASSUMPTION, "sd of z between ICs"),
    par("questions.manager_knowledge_1", 0.92, 0.85, 0.97, "probability", ASSUMPTION, "z_m of managers in layer 1; all layers as one list, bottom up: questions.manager_knowledge"),
    par("questions.manager_knowledge_2", 0.97, 0.93, 0.99, "probability", ASSUMPTION, "z_m of managers in layer 2; .inf = as the layer below", infinite=True),
    par("questions.manager_knowledge_3", 1.0, 0.98, 1.0, "probability", ASSUMPTION, "z_m of managers in layer 3, and above unless stated; .inf = as the layer below", infinite=True),
    policy("questions.manager_knowledge_4", inf, "probability", "z_m of managers in layer 4; .inf = as the layer below", infinite=True),
    policy("questions.manager_knowledge_5", inf, "probability", "z_m of managers in layer 5; .inf = as the layer below", infinite=True),
    policy("questions.manager_knowledge_6", inf, "probability", "z_m of managers in layer 6 and above; .inf = as the layer below", infinite=True),
    par("questions.help_hours", 0.5, 0.25, 1.0, "hours", ASSUMPTION, "mean help time, spent whether the question is solved or not"),
    par("questions.triage_hours", 0.1, 0.03, 0.2, "hours", ASSUMPTION, "time to see that a question is too hard and pass it up"),
    par("questions.triage_skill", 1.0, 0.5, 1.0, "probability", ASSUMPTION, "probability that a too hard question is seen to be so at once"),
    par("questions.patience_hours", 24.0, 8.0, 40.0, "hours", ASSUMPTION, "after this wait the asker decides alone; .inf = never", infinite=True),
    par("questions.wrong_guess", 0.5, 0.3, 0.7, "probability", ASSUMPTION, "probability that such a decision is wrong"),
    par("questions.guess_rework", 0.8, 0.4, 1.5, "hours/standard hour", ASSUMPTION, "rework after a wrong decision, per standard hour of the change"),
    switch("questions.blocking", True, "the asker's change waits for the answer"),
    switch("questions.top_solves_all", True, "the top solves every question; off: an unsolved change is abandoned"),
    par("questions.super_ic_probability", 0.25, 0.0, 0.5, "probability", ASSUMPTION, "a teammate who knows the answer and is a super IC is asked first"),
    policy("questions.super_ic_skill", 1.75, "factor", "skill from which an IC counts as a super IC"),
)

DEPENDENCIES = (
    par("dependencies.probability", 0.15, 0.08, 0.30, "probability", ASSUMPTION, "changes that need another IC"),
    par("dependencies.near_share", 0.60, 0.40, 0.80, "share", ASSUMPTION, "dependencies on a near module"),
    policy("dependencies.near_reach", 5, "count", "modules up to this distance count as near", minimum=1),
    par("dependencies.team_hours", 0.25, 0.1, 0.5, "hours", ASSUMPTION, "hours of the partner to settle a dependency inside a team"),
    par("dependencies.coordination_hours", 0.45, 0.25, 1.0, "hours", ASSUMPTION, "hours of everyone involved in a dependency across teams"),
    par("dependencies.lateral_scale", 8.0, 4.0, 16.0, "count", ASSUMPTION, "direct settlement works with probability 1/(1 + (teams - 1)/scale), teams below the lowest common manager", infinite=True, minimum=0.01),
    par("dependencies.patience_hours", 40.0, 16.0, 80.0, "hours", ASSUMPTION, "after this wait for the hierarchy the owner turns to the partner directly; .inf = never", infinite=True),
)

ALIGNMENT = (
    par("alignment.persistence", 0.98, 0.95, 0.995, "share", ASSUMPTION, "phi: weekly autocorrelation of the target (sd 1)"),
    par("alignment.noise", 0.15, 0.05, 0.30, "target sd", ASSUMPTION, "noise of one update between boss and report"),
    par("alignment.update", 0.5, 0.3, 0.8, "share", ASSUMPTION, "kappa: part of the gap that an update closes"),
    par("alignment.loss", 0.5, 0.2, 0.8, "factor", ASSUMPTION, "w: share of value lost at a misalignment of one sd"),
    par("alignment.disagreement_loss", 0.1, 0.0, 0.3, "factor", ASSUMPTION, "delta: share of value lost per squared disagreement with a partner"),
    par("alignment.meeting_hours", 0.5, 0.25, 1.0, "hours/week", ("D07",), "a report's hours in the weekly one-to-one"),
)

MANAGERS = (
    par("managers.admin_share", 0.18, 0.10, 0.25, "share", ("D04",), "share of a manager's week in administration"),
    par("managers.people_fixed_hours", 4.0, 1.0, 7.0, "hours/week", ("D04", "D07"), "p0: people time whatever the span (so that D04's 28 % holds at span 6)"),
    par("managers.people_hours_per_report", 1.2, 0.5, 2.0, "hours/week", ("D07",), "p1: people time per direct report"),
    par("managers.people_cap", 0.40, 0.30, 0.50, "share", ASSUMPTION, "people time is at most this share of the week"),
    par("managers.people_floor", 0.5, 0.3, 0.8, "share", ASSUMPTION, "share of the needed people time kept when the inbox overflows"),
    par("managers.inbox_floor", 0.05, 0.0, 0.10, "share", ASSUMPTION, "share of the week that a manager finds for the inbox whatever the duties"),
    par("managers.upward_hours", 1.5, 0.5, 3.0, "hours/week", ASSUMPTION, "reporting to one's own boss"),
    par("managers.upper_own_share", 0.19, 0.0, 0.31, "share", ("D04",), "share of the week of managers above the first line in work of their own, which no inbox gets (D04's 31 % individual work less the 12 % that their inbox takes); 0 = none, and what the inbox leaves is idle"),
    policy("managers.governance_hours", 1.0, "hours/week", "AI governance (tools, standards, guardrails), if AI is on"),
    policy("managers.hands_on_share", 0.25, "share", "protected hands-on share of first-line managers", maximum=0.8),
    par("managers.hands_on_skill", 0.9, 0.6, 1.1, "factor", ASSUMPTION, "skill of a manager at hands-on work (how current they are)"),
    par("managers.lift", 0.19, 0.10, 0.30, "share", ("I03",), "productivity lost by reports who get no coaching"),
    par("managers.quality_effect", 0.043, 0.03, 0.06, "share", ("I01",), "output per sd of management quality, in proportion to coverage"),
    par("managers.coached_work", 0.0, 0.0, 1.0, "share", ASSUMPTION, "how far lift and quality speed up preparing, verifying, repairing and reviewing, too: 0 = only writing, 1 = as much as writing"),
    policy("managers.quality_mean", 0.0, "standard deviation", "mean management quality of managers at the start and from outside (those promoted: careers.transfer)", minimum=-5.0, maximum=5.0),
    policy("managers.quality_sd", 1.0, "standard deviation", "its spread between managers", maximum=5.0),
    par("managers.coverage_smoothing", 0.25, 0.1, 0.5, "share", ASSUMPTION, "weekly weight of new coverage in the smoothed one"),
)

LEARNING = (
    par("learning.rate", 0.08, 0.03, 0.15, "1/year", ASSUMPTION, "growth of log skill in a year of full-time, fully coached practice"),
    par("learning.coaching_share", 0.6, 0.3, 0.9, "share", ("I02",), "part of the learning rate that needs coaching"),
    par("learning.ai_share", 0.3, 0.1, 0.7, "share", ASSUMPTION, "learning from an AI-written hour over a hand-written one"),
    par("learning.depreciation", 0.02, 0.0, 0.05, "1/year", ASSUMPTION, "loss of log skill a year as technology moves on"),
)

MONEY = (
    par("money.ic_pay", 133_080.0, 102_610.0, 250_000.0, "USD/year", ("E01",), "cash pay of an IC"),
    par("money.load", 1.4, 1.25, 1.7, "factor", ("E03",), "employer cost over cash pay"),
    par("money.manager_ratio_1", 1.29, 1.15, 1.75, "ratio", ("E02",), "pay of a layer-1 manager over an IC"),
    par("money.manager_ratio_2", 1.6, 1.4, 2.2, "ratio", ASSUMPTION, "pay of a layer-2 manager over an IC"),
    par("money.manager_ratio_3", 2.0, 1.7, 3.0, "ratio", ASSUMPTION, "pay of a layer-3 manager over an IC"),
    par("money.manager_ratio_step", 0.4, 0.2, 0.8, "ratio", ASSUMPTION, "further pay ratio per layer above 3"),
    par("money.usd_per_incident", 2000.0, 500.0, 10_000.0, "USD/incident", ASSUMPTION, "direct cost of an incident besides hours and value"),
)

EXPERIMENT = (
    choice("service.distribution", "exponential", DISTRIBUTIONS, "distribution of help, coordination and incident time"),
    switch("service.preemption", True, "what is more urgent interrupts what a person does; off: that is finished first"),
    policy("service.cv", 1.0, "cv", "coefficient of variation where a distribution is lognormal"),
    choice("arrivals.kind", "none", ("none", "incident", "question", "coordination", "review"), "items that arrive from outside"),
    policy("arrivals.per_hour", 0.0, "1/hour", "arrivals per hour at each first-line manager (reviews: at each team's queue)"),
    choice("arrivals.pattern", "poisson", ("poisson", "deterministic"), "how arrivals are spaced"),
    policy("arrivals.hours", 1.0, "hours", "mean service time of an arrival"),
    choice("arrivals.distribution", "exponential", DISTRIBUTIONS, "distribution of that service time"),
)

#: Draws that hang together: (path, other path) -> Spearman's rank correlation. What CodeRabbit counts (C11) are issues per pull request
#: whatever its size, so a high defect ratio at equal function does not go with a high volume ratio; how much is judgement.
TIED = {("ai.volume_ratio", "ai.defect_ratio"): -0.6}

STRUCTURE = (policy("organisation.bottom_span_ratio", 1.5, "ratio", "first-line span over the spans above, in balanced trees", minimum=0.1),)
