"""The published figures that parameters and tests refer to by id, with how far each was verified.

`verified`: yes = read on a stored page; derived = arithmetic on such figures; partial = the end points were seen and the
centre chosen; memory = recalled, not seen. `vendor`: the source sells a product that the figure speaks for. Ranges in
`sim.parameters` are mostly judgement around these figures, never confidence intervals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sim.errors import UserError, suggest

UNSOURCED = {
    "ASSUMPTION": "ASSUMPTION",
    "POLICY": "policy",
}


@dataclass(frozen=True)
class Evidence:
    """One figure of a study, survey or telemetry report."""

    id: str
    citation: str  # author-year
    verified: str  # yes | derived | partial | memory
    vendor: bool
    figure: str  # central value with its unit, "" where it is a direction only
    quantity: str

    def __str__(self) -> str:
        return f"{self.citation} [{self.id}]"


# id, citation, verified, vendor, figure, quantity
_ROWS = (
    ("A01", "Nadella 2025", "yes", False, "25 %", "share of code in Microsoft repos written by AI (Apr 2025)"),
    ("A02", "Pichai 2026", "yes", False, "50 %", "share of new code at Google AI-generated and engineer-approved: Oct 2024 / Apr 2025 / autumn 2025 / Apr 2026"),
    ("A03", "DX 2026", "yes", True, "27.4 %", "mean share of merged code authored by AI, Q4 2025 -> Q1 2026"),
    ("A04", "Anthropic Institute 2026", "yes", False, "80 %", "share of lines merged to production authored by Claude at Anthropic (May 2026)"),
    ("A05", "SemiAnalysis 2026", "yes", False, "4 %", "Claude Code share of public GitHub commits (early 2026)"),
    ("A06", "DORA 2025", "yes", False, "90 %", "developers using AI at work"),
    ("A07", "DORA 2025", "yes", False, "2 hours/day", "median time per day interacting with AI"),
    ("A08", "Faros AI 2026", "yes", True, "30 %", "Copilot-class suggestion acceptance rate"),
    ("A09", "Stack Overflow 2025", "yes", False, "33 %", "developers who trust / distrust AI accuracy"),
    ("A10", "Cui et al. 2026", "partial", False, "35 %", "Engineers who did not take up the tool when given access (2022-24)"),
    ("B01", "Peng et al. 2023", "yes", False, "55.8 % less time", "time reduction, single greenfield task (Copilot)"),
    ("B02", "Cui et al. 2026", "yes", False, "26.08 %", "increase in weekly completed tasks (PRs), completion-type assistant"),
    ("B03", "Cui et al. 2024", "partial", False, "17.4 %", "Microsoft: more pull requests a week, same trials"),
    ("B04", "Cui et al. 2024", "partial", False, "8.1 %", "Accenture: more pull requests, same trials"),
    ("B05", "Paradis et al. 2024", "yes", False, "21 % less time", "time reduction on enterprise task"),
    ("B06", "Becker et al. 2025", "yes", False, "19 % time", "change in task time, experts in own repos (Feb-Jun 2025)"),
    ("B07", "Becker et al. 2025", "yes", False, "20 % speed-up", "perceived speed-up in the same trial (true: 19 % slower)"),
    ("B08", "METR 2026", "yes", False, "-18 % time", "METR follow-up, returning developers (late 2025)"),
    ("B09", "METR 2026", "yes", False, "-4 % time", "METR follow-up, newly recruited developers"),
    ("B10", "Brynjolfsson et al. 2025", "yes", False, "15 %", "customer-support productivity, average"),
    ("B11", "Brynjolfsson et al. 2025", "yes", False, "34 %", "the same for novices; experts about 0"),
    ("B12", "DX 2026", "yes", True, "7.76 %", "PR-throughput change alongside 65 % rise in AI usage, Nov 2024-Feb 2026"),
    ("B13", "Denisov-Blanch 2026", "yes", False, "15 %", "net output gain from AI after rework"),
    ("B14", "Pichai 2025", "yes", False, "10 %", "engineering velocity gain at Google when AI share was ~30 %"),
    ("B15", "Sarkar 2025", "yes", True, "39 %", "merged PRs after Cursor agent became default"),
    ("B16", "He et al. 2026", "yes", False, "281 %", "lines added, month 1 after Cursor adoption (OSS DiD)"),
    ("B17", "DX 2026", "yes", True, "4 hours/week", "hours saved per developer per week (self-report), plateau"),
    ("B18", "DORA 2024", "yes", False, "2.1 %", "DORA 2024 individual effects per +25 % AI adoption: productivity / docs / code quality"),
    ("B19", "DORA 2024", "yes", False, "-1.5 %", "DORA 2024 delivery throughput per +25 % AI adoption"),
    ("B20", "DeputyDev 2025", "yes", True, "-31.8 %", "within-company AI platform: PR review cycle time / shipped code volume"),
    ("B21", "METR 2026", "yes", False, "131 days", "METR 50 % time-horizon doubling time"),
    ("B22", "METR 2026", "yes", False, "12 hours", "50 % time horizon, best public model Feb 2026"),
    ("B23", "Whitfill et al. 2026", "yes", False, "50 %", "test-passing agent PRs that maintainers would merge, relative to human gold"),
    ("C01", "Faros AI 2025", "yes", True, "98 %", "PRs merged, high- vs low-AI-adoption teams"),
    ("C02", "Faros AI 2026", "yes", True, "33.7 %", "tasks completed per developer"),
    ("C03", "Faros AI 2025", "yes", True, "91 %", "PR review time"),
    ("C04", "Faros AI 2026", "yes", True, "51.3 %", "average PR size"),
    ("C05", "Faros AI 2026", "yes", True, "54 %", "bugs per developer"),
    ("C06", "Faros AI 2026", "partial", True, "100 %", "incidents per PR"),
    ("C07", "Faros AI 2026", "yes", True, "-11.7 %", "deployments per week"),
    ("C08", "Faros AI 2026", "yes", True, "31.3 %", "PRs merged with no review (relative increase)"),
    ("C09", "DORA 2024", "yes", False, "-7.2 %", "delivery stability per +25 % AI adoption"),
    ("C10", "Uplevel 2024", "yes", True, "41 %", "bug-rate change with Copilot access, throughput unchanged"),
    ("C11", "CodeRabbit 2025", "derived", True, "1.68 ratio", "issues per PR, AI co-authored / human"),
    ("C12", "He et al. 2026", "yes", False, "30 %", "static-analysis warnings / complexity after Cursor adoption"),
    ("C13", "GitClear 2025", "yes", True, "9.5 % of changed lines", "moved (refactored) lines share 2021 -> 2024"),
    ("C14", "GitClear 2025", "memory", True, "5.7 % of new lines", "two-week churn of new lines, 2024"),
    ("C15", "Cohen et al. 2006", "partial", False, "400 LOC/hour", "review rate above which detection falls"),
    ("C16", "Cohen et al. 2006", "yes", False, "70 %", "defect yield of a proper review"),
    ("C17", "Sadowski et al. 2018", "yes", False, "3 count/week", "changes authored / reviewed per week, median (Google)"),
    ("C18", "Sadowski et al. 2018", "partial", False, "4 hours", "review latency, Google (small / very large change)"),
    ("C19", "LinearB 2026", "partial", True, "28 hours", "PR pickup time tiers (mean)"),
    ("C20", "LinearB 2026", "yes", True, "4.6 ratio", "pickup delay of AI vs human PR"),
    ("C21", "LinearB 2026", "derived", True, "0.77 ratio", "review time once started, AI / human"),
    ("C22", "LinearB 2026", "yes", True, "32.7 %", "merge/acceptance rate: AI PR vs human PR (commercial)"),
    ("C23", "Li et al. 2025", "partial", False, "50 %", "agent PR acceptance, OSS repos >500 stars"),
    ("C24", "Pinna et al. 2026", "yes", False, "66.1 %", "agent PR acceptance by task: docs / features / fixes"),
    ("C25", "Bosu and Carver 2013", "yes", True, "5 hours/week", "developer hours on code review"),
    ("C26", "DORA 2024", "partial", False, "15 %", "change-failure rate, DORA 2024 clusters (elite/high/medium/low)"),
    ("C27", "DORA 2024", "partial", False, "7 days", "lead time by cluster"),
    ("C28", "Stripe 2018", "partial", False, "42 % of week", "developer time on debt + maintenance"),
    ("C29", "Veracode 2025 (presumed)", "yes", False, "45 %", "AI-generated code with known security flaw"),
    ("D01", "Software.com 2021", "partial", True, "25 %", "share of developer time actually coding"),
    ("D02", "developer-workday studies", "partial", False, "15 %", "share of developer time in meetings"),
    ("D03", "Meyer et al. 2021", "memory", False, "15 %", "Microsoft 'typical day': coding share / bugfix / meetings"),
    ("D04", "McKinsey 2023", "yes", False, "28 %", "manager time: people / IC / strategy / admin"),
    ("D05", "Gallup 2026", "yes", False, "97 %", "managers doing IC work"),
    ("D06", "Gallup 2026", "yes", False, "40 %", "IC-work share above which manager engagement falls with span"),
    ("D07", "Grove 1983; Buckingham", "partial", False, "1 hours", "time per direct report per week"),
    ("E01", "BLS 2024", "yes", False, "133080 USD/yr", "US software developer median wage (May 2024)"),
    ("E02", "BLS 2024", "derived", False, "1.29 ratio", "IT/software manager : developer median wage ratio"),
    ("E03", "BLS ECEC", "memory", False, "1.4 ratio", "employer load on wages"),
    ("E04", "Gusto 2025", "yes", False, "3460 USD/month", "manager pay premium over own reports (SMB)"),
    ("E05", "Anthropic documentation", "partial", True, "200 USD/month", "agentic coding spend per active developer"),
    ("E06", "press reports", "partial", False, "1000 USD/month", "heavy agentic spend per engineer"),
    ("E07", "vendor price lists", "memory", True, "30 USD/month", "seat price, completion assistants"),
    ("E08", "SHRM", "partial", False, "75 % of salary", "replacement cost of an engineer"),
    ("E09", "SHRM", "partial", False, "50 days", "time to fill engineering role"),
    ("E10", "industry surveys", "yes", False, "6 months", "ramp-up to full productivity"),
    ("E11", "DX 2026", "yes", True, "50 days", "time to 10th PR for new hire, before -> with AI"),
    ("E12", "Dorsey 2026", "yes", False, "20 weeks", "severance in an AI-era layoff"),
    ("F01", "Gallup 2026", "yes", False, "12.1 reports", "average span of control, US 2024 -> 2025"),
    ("F02", "Gallup 2026", "yes", False, "5.5 reports", "median span of control"),
    ("F03", "Acharya et al. 2017", "partial", False, "7 reports", "span by archetype: player-coach / coach / supervisor / facilitator / coordinator"),
    ("F04", "Gusto 2025", "yes", False, "6 reports", "ICs per manager, US SMB 2019 -> 2024"),
    ("F05", "Jellyfish 2025", "partial", True, "7.5 reports", "Engineers per engineering manager, large tech"),
    ("F06", "Pave 2024; Ravio 2024", "yes", False, "23 %", "managers as share of headcount in tech firms"),
    ("F07", "Pave 2024", "yes", False, "13 %", "director-and-above share"),
    ("F08", "Live Data Technologies 2025", "yes", False, "-6.1 %", "manager headcount change since 2022 peak, US public firms"),
    ("F09", "Jassy 2024", "yes", False, "15 % increase", "Amazon IC:manager ratio target"),
    ("F10", "CNBC 2025", "yes", False, "-35 %", "Google: fewer managers of small teams, 1 year"),
    ("F11", "WSJ 2026", "yes", False, "50 reports", "Extreme flat: Meta applied AI unit"),
    ("F12", "Rajan and Wulf 2006", "yes", False, "-25 %", "levels between CEO and division head, 1986-99"),
    ("F13", "Rajan and Wulf 2006", "memory", False, "7 reports", "CEO direct reports 1986 -> 1999"),
    ("F14", "Korn Ferry 2025", "yes", False, "44 %", "employees reporting management layers were cut / lack direction"),
    ("F15", "Business Insider 2025", "yes", False, "5.5 engineers/PM", "PM:engineer (builder) ratio, Microsoft security, current -> target"),
    ("G01", "Layoffs.fyi 2026", "yes", False, "122549 persons", "tech layoffs 2024 / 2025"),
    ("G02", "Layoffs.fyi 2023", "memory", False, "264000 persons", "tech layoffs 2022 / 2023"),
    ("G03", "Layoffs.fyi 2026", "yes", False, "156270 persons", "tech layoffs 2026 to date (mid-2026)"),
    ("G04", "Challenger 2025", "yes", False, "154445 persons", "announced US tech cuts 2025 (2024: 133,988)"),
    ("G05", "Challenger 2026", "yes", False, "4.5 %", "share of announced US cuts citing AI"),
    ("G06", "BLS JOLTS", "yes", False, "1.1 %/month", "US layoffs & discharges rate, all industries"),
    ("G07", "BLS JOLTS", "memory", False, "1.1 %/month", "information-sector layoffs rate"),
    ("G08", "company announcements 2022-26", "partial", False, "8 % of workforce", "size of one layoff round, large software firms"),
    ("G09", "Live Data Technologies 2024", "yes", False, "31.5 %", "middle managers' share of layoffs, 2018 -> 2023"),
    ("G10", "derived from Live Data Technologies", "derived", False, "1.54 ratio", "derived risk ratio, managers over others, 2023"),
    ("G11", "WARN notices 2025", "yes", False, "17 %", "managers' share of Microsoft Redmond May 2025 cuts"),
    ("G12", "Revelio Labs 2023", "derived", False, "1.54 ratio", "software engineers: share of layoffs vs of employees (2023)"),
    ("G13", "Revelio Labs 2022", "yes", False, "1.2 years", "tenure of laid-off vs average at same firms"),
    ("G14", "Revelio Labs 2022", "yes", False, "1.15 ratio", "pay of laid-off vs average engineer"),
    ("G15", "Brynjolfsson et al. 2025", "yes", False, "-13 %", "relative employment change, ages 22-25 in most AI-exposed jobs"),
    ("G16", "Lichtinger and Hosseini 2025", "yes", False, "-9 %", "junior employment in AI-adopting firms vs others"),
    ("G17", "Trevor and Nyberg 2008", "yes", False, "31 % relative", "voluntary turnover increase after downsizing 1 % (0.5 % -> 13 % vs ~10.4 %)"),
    ("G18", "Leadership IQ 2008", "yes", True, "74 %", "survivors self-reporting lower productivity"),
    ("G19", "Heinz et al. 2020", "memory", False, "-12 %", "output drop of survivors after 20 % unfair layoff (field experiment)"),
    ("G20", "Culture Amp 2024", "yes", False, "-16.9 % points", "confidence in company after layoffs"),
    ("H01", "Mercer 2023; LinkedIn", "partial", False, "10 %/yr", "annual voluntary attrition, tech"),
    ("H02", "Gallup 2015", "yes", False, "70 %", "variance in team engagement from manager"),
    ("H03", "Gallup 2026", "yes", False, "", "engagement and team size"),
    ("H04", "Lazear et al. 2015", "yes", False, "", "good boss lowers quits"),
    ("I01", "Lazear et al. 2015", "derived", False, "11 %", "team output, replacing P10 boss by P90 boss"),
    ("I02", "Lazear et al. 2015", "yes", False, "", "channel: mainly teaching, and it lasts"),
    ("I03", "Lazear et al. 2015", "yes", False, "1.75 ratio", "average boss / average worker productivity"),
    ("I04", "Bloom et al. 2013", "yes", False, "17 %", "productivity from management practices (RCT), year 1"),
    ("I05", "Benson et al. 2019", "yes", False, "-7.5 %", "subordinates' performance per doubling of new manager's own prior output"),
    ("J01", "Putnam 1997", "partial", False, "5 people", "optimal team size (35-95 kLOC)"),
    ("J02", "Armel 2012", "yes", False, "4 people", "median team size best vs worst-in-class projects"),
    ("J03", "Brooks 1975", "memory", False, "n(n-1)/2", "communication channels of n people"),
    ("J04", "Nagappan et al. 2008", "yes", False, "85 %", "precision/recall of org-structure metrics for failure-prone binaries"),
    ("J05", "Herbsleb and Mockus 2003", "memory", False, "2.5 ratio", "multi-site vs same-site task duration"),
    ("J06", "Cataldo et al. 2008", "memory", False, "-32 %", "resolution-time reduction when coordination is congruent"),
)

EVIDENCE: Mapping[str, Evidence] = {row[0]: Evidence(*row) for row in _ROWS}


def cite(source: Iterable[str]) -> str:
    """Citation of a parameter's source: ``("C17",)`` -> "Sadowski et al. 2018 [C17]".

    Vendor figures say so. Raises `UserError` for an unknown id.
    """
    parts = []
    for key in source:
        if key in UNSOURCED:
            parts.append(UNSOURCED[key])
            continue
        if key not in EVIDENCE:
            raise UserError(f"evidence id '{key}' is unknown{suggest(key, tuple(EVIDENCE))}")
        parts.append(f"{EVIDENCE[key]}{' (vendor)' if EVIDENCE[key].vendor else ''}")
    return "; ".join(parts)
