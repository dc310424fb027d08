"""The published figures that parameters and tests refer to by id, with how far each was verified.

`verified`: yes = read on a stored page; derived = arithmetic on such figures; partial = the end points were seen and the
centre chosen; memory = recalled, not seen. `vendor`: the source sells a product that the figure speaks for (AI and its
measurement, review tools, surveys); consultancies and pollsters, who sell advice, are not counted. `range` is what the
sources spread over or what was judged plausible, as `basis` says. Ranges in `sim.parameters.flow` are mostly judgement around
these figures, never confidence intervals.
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
    range: str  # "low to high", "" where there is none
    basis: str  # where that range comes from
    page: str  # primary | secondary: what was read; "" for a recalled figure
    address: str  # of that page

    def __str__(self) -> str:
        return f"{self.citation} [{self.id}]"


# fmt: off
# id, citation, verified, vendor, figure, quantity, range, basis of the range, page, address
_ROWS = (
    ("A01", "Nadella 2025", "yes", True, "25 %", "share of code in Microsoft repos written by AI (Apr 2025)", "20 to 30", "reported spread", "secondary", "https://www.webpronews.com/microsoft-ceo-20-30-of-company-code-written-by-ai"),
    ("A02", "Pichai 2026", "yes", True, "50 %", "share of new code at Google AI-generated and engineer-approved: Oct 2024 / Apr 2025 / autumn 2025 / Apr 2026", "25 to 75", "time path 25->30->50->75", "secondary", "https://newsanalysis.net/pichai-google-75-percent-ai-code-claim/"),
    ("A03", "DX 2026", "yes", True, "27.4 %", "mean share of merged code authored by AI, Q4 2025 -> Q1 2026", "22 to 30", "two quarterly readings (22; 27.4); 'about 30'", "primary", "https://newsletter.getdx.com/p/ai-generated-merged-code-holds-steady"),
    ("A04", "Anthropic Institute 2026", "yes", True, "80 %", "share of lines merged to production authored by Claude at Anthropic (May 2026)", "80 to 90", "reported '>80'; 90 is a company projection", "secondary", "https://devlery.com/en/blog/anthropic-claude-80-code-recursive-improvement"),
    ("A05", "SemiAnalysis 2026", "yes", False, "4 %", "Claude Code share of public GitHub commits (early 2026)", "2 to 4", "'doubled in a month'", "secondary", "https://www.horizon-tech.io/en-US/blog/claude-code-reshaping-software-engineering-2026"),
    ("A06", "DORA 2025", "yes", False, "90 %", "developers using AI at work", "84 to 95", "spread across surveys (SO 84 use/plan; DORA 90; DX 92.6 monthly)", "secondary", "https://cgnet.com/blog/beyond-the-hype-real-world-ai-adoption-in-software-teams"),
    ("A07", "DORA 2025", "yes", False, "2 hours/day", "median time per day interacting with AI", "1 to 3", "judgement around reported median", "secondary", "https://cgnet.com/blog/beyond-the-hype-real-world-ai-adoption-in-software-teams"),
    ("A08", "Faros AI 2026", "yes", True, "30 %", "Copilot-class suggestion acceptance rate", "20 to 60", "30 early Copilot; 20->60 over Faros 2-year window", "secondary", "https://degrand.ai/blog/ai-speed-trap-throughput-incidents-productivity-paradox"),
    ("A09", "Stack Overflow 2025", "yes", False, "33 %", "developers who trust / distrust AI accuracy", "29 to 46", "trust 29-33; distrust 46", "secondary", "https://byteiota.com/developer-ai-trust-paradox-84-use-it-46-distrust-it"),
    ("A10", "Cui et al. 2026", "partial", False, "35 %", "Engineers who did not take up the tool when given access (2022-24)", "30 to 40", "reported", "secondary", "https://tomhipwell.co/blog/the_effects_of_generative_ai_on_high_skilled_work_evidence_from_three_field_experiments_with_software_developers/"),
    ("B01", "Peng et al. 2023", "yes", False, "55.8 % less time", "time reduction, single greenfield task (Copilot)", "21 to 89", "95 % CI", "primary", "https://ar5iv.labs.arxiv.org/html/2302.06590"),
    ("B02", "Cui et al. 2026", "yes", False, "26.08 %", "increase in weekly completed tasks (PRs), completion-type assistant", "5.9 to 46.3", "95 % CI from SE 10.3", "primary", "https://www.arbiter.ac/paper/4f2f61ca-189e-5e63-a020-18bfb737d4f9"),
    ("B03", "Cui et al. 2024", "partial", False, "17.4 %", "Microsoft: more pull requests a week, same trials", "12.92 to 21.83", "specification range", "primary", "https://mit-genai.pubpub.org/pub/v5iixksv/release/2"),
    ("B04", "Cui et al. 2024", "partial", False, "8.1 %", "Accenture: more pull requests, same trials", "7.51 to 8.69", "specification range (an aborted first Accenture trial gave -39 %, SE 37)", "primary", "https://mit-genai.pubpub.org/pub/v5iixksv/release/2"),
    ("B05", "Paradis et al. 2024", "yes", False, "21 % less time", "time reduction on enterprise task", "0 to 40", "point estimate from source; range is judgement ('CI is large')", "primary", "https://arxiv.org/html/2410.12944v3"),
    ("B06", "Becker et al. 2025", "yes", False, "19 % time", "change in task time, experts in own repos (Feb-Jun 2025)", "2 to 39", "95 % CI", "secondary", "https://andygauge.github.io/np-hard/21"),
    ("B07", "Becker et al. 2025", "yes", False, "20 % speed-up", "perceived speed-up in the same trial (true: 19 % slower)", "-19 to 24", "perceived +20, forecast +24, actual time +19", "secondary", "https://det.social/tags/softwareDevelopment"),
    ("B08", "METR 2026", "yes", False, "-18 % time", "METR follow-up, returning developers (late 2025)", "-38 to 9", "reported CI", "secondary", "https://insights.marvin-42.com/articles/metr-20ai"),
    ("B09", "METR 2026", "yes", False, "-4 % time", "METR follow-up, newly recruited developers", "-15 to 9", "reported CI", "secondary", "https://insights.marvin-42.com/articles/metr-20ai"),
    ("B10", "Brynjolfsson et al. 2025", "yes", False, "15 %", "customer-support productivity, average", "13 to 17", "15 (QJE), 14 (NBER); range judgement", "secondary", "https://centerconsulting.com/ai-library/papers/brynjolfsson-generative-ai-at-work"),
    ("B11", "Brynjolfsson et al. 2025", "yes", False, "34 %", "the same for novices; experts about 0", "30 to 35", "34 (NBER), ~30 (QJE)", "secondary", "https://centerconsulting.com/ai-library/papers/brynjolfsson-generative-ai-at-work"),
    ("B12", "DX 2026", "yes", True, "7.76 %", "PR-throughput change alongside 65 % rise in AI usage, Nov 2024-Feb 2026", "5 to 44", "median 7.76; mean 13.1; 'most firms 5-15'; P90 ~44", "primary", "https://getdx.com/news/new-data-ais-impact-on-engineering-velocity-is-more-modest-than-expected/"),
    ("B13", "Denisov-Blanch 2026", "yes", False, "15 %", "net output gain from AI after rework", "10 to 20", "10-15 median (2026 talk), 15-20 mean (2025 talk); gross 30-40", "secondary", "https://htek.dev/articles/stanford-study-ai-roi-in-engineering"),
    ("B14", "Pichai 2025", "yes", True, "10 %", "engineering velocity gain at Google when AI share was ~30 %", "5 to 15", "range is judgement", "secondary", "https://newsanalysis.net/pichai-google-75-percent-ai-code-claim/"),
    ("B15", "Sarkar 2025", "yes", True, "39 %", "merged PRs after Cursor agent became default", "26 to 39", "26 at launch, 39 when default", "secondary", "https://leaddev.com/ai/cursor-claims-its-tools-are-a-massive-productivity-hack-for-devs"),
    ("B16", "He et al. 2026", "yes", False, "281 %", "lines added, month 1 after Cursor adoption (OSS DiD)", "100 to 281", "point from source; lower judgement", "secondary", "https://git.shiptheloop.com/ai-research-survey/file/papers/speed-at-cost-2025/scan.json.html"),
    ("B17", "DX 2026", "yes", True, "4 hours/week", "hours saved per developer per week (self-report), plateau", "3 to 5", "judgement around '~4'", "secondary", "https://novvista.com/p/825"),
    ("B18", "DORA 2024", "yes", False, "2.1 %", "DORA 2024 individual effects per +25 % AI adoption: productivity / docs / code quality", "2.1 to 7.5", "2.1 productivity, 3.4 code quality, 7.5 documentation", "secondary", "https://opslevel-2023.webflow.io/resources/tl-dr-key-takeaways-from-the-2024-google-cloud-dora-report"),
    ("B19", "DORA 2024", "yes", False, "-1.5 %", "DORA 2024 delivery throughput per +25 % AI adoption", "-3.5 to 0.5", "range = judgement (2024 credible interval not seen)", "secondary", "https://andygauge.github.io/np-hard/20"),
    ("B20", "DeputyDev 2025", "yes", True, "-31.8 %", "within-company AI platform: PR review cycle time / shipped code volume", "-31.8 to 28", "-31.8 review cycle; +28 volume", "primary", "https://arxiv.org/html/2509.19708v1"),
    ("B21", "METR 2026", "yes", False, "131 days", "METR 50 % time-horizon doubling time", "105 to 212", "131 TH1.1; 128.7 [105,157] post-2023; 212 for 2019-25", "secondary", "https://buttondown.com/anatol/archive/are-ai-time-horizons-still-doubling/"),
    ("B22", "METR 2026", "yes", False, "12 hours", "50 % time horizon, best public model Feb 2026 (newer reading: N16)", "9 to 14.5", "12 vs 14.5 by revision; low = judgement", "secondary", "https://apiardata.com/statistics/ai-autonomous-task-horizon"),
    ("B23", "Whitfill et al. 2026", "yes", False, "50 %", "test-passing agent PRs that maintainers would merge, relative to human gold", "40 to 60", "'roughly half'; grader-maintainer gap 24.2 pp (SE 2.7)", "secondary", "https://news.routley.io/posts/many-swe-bench-passing-prs-would-not-be-merged.html"),
    ("C01", "Faros AI 2025", "yes", True, "98 %", "PRs merged, high- vs low-AI-adoption teams", "16.2 to 98", "98 (2025 report), 16.2 per developer (2026 report)", "secondary", "https://www.matthewaberham.com/blog/ai-productivity-paradox"),
    ("C02", "Faros AI 2026", "yes", True, "33.7 %", "tasks completed per developer", "21 to 33.7", "21 (2025), 33.7 (2026)", "primary", "https://www.faros.ai/research/ai-acceleration-whiplash"),
    ("C03", "Faros AI 2025", "yes", True, "91 %", "PR review time", "91 to 441.5", "91 (2025), 441.5 median (2026)", "secondary", "https://www.matthewaberham.com/blog/ai-productivity-paradox"),
    ("C04", "Faros AI 2026", "yes", True, "51.3 %", "average PR size", "51.3 to 154", "154 (2025), 51.3 (2026)", "primary", "https://www.faros.ai/research/ai-acceleration-whiplash"),
    ("C05", "Faros AI 2026", "yes", True, "54 %", "bugs per developer", "9 to 54", "9 (2025), 54 (2026); bugs/PR +28.7", "primary", "https://www.faros.ai/research/ai-acceleration-whiplash"),
    ("C06", "Faros AI 2026", "partial", True, "100 %", "incidents per PR", "23.5 to 242.7", "23.5 (Cortex), 242.7 (Faros 2026); central = judgement", "primary", "https://www.faros.ai/research/ai-acceleration-whiplash"),
    ("C07", "Faros AI 2026", "yes", True, "-11.7 %", "deployments per week", "-11.7 to 0", "Faros 2026; 2025 report: no correlation", "primary", "https://www.faros.ai/research/ai-acceleration-whiplash"),
    ("C08", "Faros AI 2026", "yes", True, "31.3 %", "PRs merged with no review (relative increase)", "15 to 31.3", "lower = judgement", "primary", "https://www.faros.ai/blog/ai-acceleration-whiplash-takeaways"),
    ("C09", "DORA 2024", "yes", False, "-7.2 %", "delivery stability per +25 % AI adoption", "-10 to -4", "range judgement", "secondary", "https://andygauge.github.io/np-hard/20"),
    ("C10", "Uplevel 2024", "yes", True, "41 %", "bug-rate change with Copilot access, throughput unchanged", "0 to 41", "lower judgement", "secondary", "https://gist.github.com/simonw/862733da36e33b475717321a0aaecbc0"),
    ("C11", "CodeRabbit 2025", "derived", True, "1.68 ratio", "issues per PR, AI co-authored / human", "1.4 to 1.75", "10.83/6.45; critical 1.4; logic 1.75", "secondary", "https://insights.blackhatmea.com/the-ai-code-quality-gap-in-numbers"),
    ("C12", "He et al. 2026", "yes", False, "30 %", "static-analysis warnings / complexity after Cursor adoption", "30 to 41", "30 warnings, 41 complexity (C-S estimator: not significant)", "secondary", "https://git.shiptheloop.com/ai-research-survey/file/papers/speed-at-cost-2025/scan.json.html"),
    ("C13", "GitClear 2025", "yes", True, "9.5 % of changed lines", "moved (refactored) lines share 2021 -> 2024", "9.5 to 24.8", "24.8 -> 9.5", "secondary", "https://vibegraveyard.ai/story/gitclear-ai-copilot-code-quality-study/"),
    ("C14", "GitClear 2025", "memory", True, "5.7 % of new lines", "two-week churn of new lines, 2024", "3.1 to 7", "3.1->5.7 recalled; 'almost doubled' seen", "", ""),
    ("C15", "Cohen et al. 2006", "partial", True, "400 LOC/hour", "review rate above which detection falls", "300 to 500", "source range", "secondary", "http://crowdforthink.com/blogs/tips-code-review"),
    ("C16", "Cohen et al. 2006", "yes", True, "70 %", "defect yield of a proper review", "50 to 90", "source 70-90; low = judgement", "secondary", "https://www.qa-recorder.com/code-review-best-practices-code-review/"),
    ("C17", "Sadowski et al. 2018", "yes", False, "3 count/week", "changes authored / reviewed per week, median (Google)", "3 to 7", "P50 3 authored (P80 7); 4 reviewed (P80 10)", "secondary", "https://tomhipwell.co/reading/modern_code_review/"),
    ("C18", "Sadowski et al. 2018", "partial", False, "4 hours", "review latency, Google (small / very large change)", "1 to 5", "<1 h small, ~5 h large seen; overall median <4 h recalled", "secondary", "https://m.brainscape.com/flashcards/8-code-reviews-10694682/packs/18838707"),
    ("C19", "LinearB 2026", "partial", True, "28 hours", "PR pickup time tiers (mean)", "7 to 137", "elite <7, middle 6-50, lagging 50-137; central = mid of middle tier", "secondary", "https://www.moussouni.guyfarron.com/post/8518"),
    ("C20", "LinearB 2026", "yes", True, "4.6 ratio", "pickup delay of AI vs human PR", "2.5 to 5.3", "2.5 assisted, 4.6 AI, 5.3 agentic (reports differ)", "secondary", "https://byteiota.com/software-engineering-benchmarks-2026-ai-code-review-gap"),
    ("C21", "LinearB 2026", "derived", True, "0.77 ratio", "review time once started, AI / human", "0.5 to 1.0", "194/252 min = 0.77; blogs say '2x faster'", "secondary", "https://blog.exceeds.ai/linearb-cycle-time-metric/"),
    ("C22", "LinearB 2026", "yes", True, "32.7 %", "merge/acceptance rate: AI PR vs human PR (commercial)", "25 to 45", "32.7 vs 84.4; range judgement", "secondary", "https://sdd.sh/2026/05/linearb-2026-ai-prs-review-purgatory-8m-dataset/"),
    ("C23", "Li et al. 2025", "partial", False, "50 %", "agent PR acceptance, OSS repos >500 stars", "35 to 65", "35-65 across agents; human 76.8", "secondary", "https://anthonywest.co.uk/explainer-html/ai-engineering/2026-04-18_li_ai-teammates-se3_explainer.html"),
    ("C24", "Pinna et al. 2026", "yes", False, "66.1 %", "agent PR acceptance by task: docs / features / fixes", "59.6 to 88.6", "features 66.1; docs 82.1; Codex range 59.6-88.6", "primary", "https://arxiv.org/html/2602.08915v1"),
    ("C25", "Codacy survey", "yes", True, "5 hours/week", "developer hours on code review", "2.6 to 6.4", "5 (Codacy, 680 respondents) seen; 2.6-3.2 Google and 6.4 Bosu & Carver recalled", "secondary", "https://hackernoon.com/top-10-obstacles-to-faster-code-reviews-and-better-code-quality-5b185df21577"),
    ("C26", "DORA 2024", "partial", False, "15 %", "change-failure rate, DORA 2024 clusters (elite/high/medium/low)", "5 to 40", "5/20/10/40; 5 and 20 seen, 10 and 40 recalled; central = judgement", "secondary", "https://fast.hugflare.com/spaces/rdlf/devops-metrics-interpreter/blame/main/data/benchmarks.json"),
    ("C27", "DORA 2024", "partial", False, "7 days", "lead time by cluster", "1 to 60", "elite <1 d; high 1 d-1 wk; medium 1 wk-1 mo; low 1-6 mo; central judgement", "secondary", "https://fast.hugflare.com/spaces/rdlf/devops-metrics-interpreter/blame/main/data/benchmarks.json"),
    ("C28", "Stripe 2018", "partial", True, "42 % of week", "developer time on debt + maintenance", "25 to 50", "17.3 of 41.1 h; range judgement", "secondary", "http://tianpan.co/forum/t/stripe-data-shows-developers-spend-17-3-hours-week-on-tech-debt-vs-13-5-on-features-how-did-maintenance-win/2775"),
    ("C29", "Veracode 2025 (presumed)", "yes", True, "45 %", "AI-generated code with known security flaw", "40 to 50", "range judgement", "secondary", "https://newsanalysis.net/pichai-google-75-percent-ai-code-claim/"),
    ("D01", "Software.com 2021", "partial", True, "25 %", "share of developer time actually coding", "11 to 37", "11 (telemetry 52 min/day), 16 (DX), 31-32 (surveys), 37 (15 h/wk)", "primary", "https://software.com/reports/code-time-report"),
    ("D02", "developer-workday studies", "partial", False, "15 %", "share of developer time in meetings", "10 to 20", "19.5 (one study, seen); rest judgement", "secondary", "https://bastian-isensee.com/post/07-developer-workday"),
    ("D03", "Meyer et al. 2021", "memory", False, "15 %", "Microsoft 'typical day': coding share / bugfix / meetings", "9 to 17", "recalled, low confidence", "", ""),
    ("D04", "McKinsey 2023", "yes", False, "28 %", "manager time: people / IC / strategy / admin", "20 to 35", "28/31/23/18 seen; range judgement", "secondary", "https://fortune.com/2023/03/14/mckinsey-middle-managers-talent-development/"),
    ("D05", "Gallup 2026", "yes", False, "97 %", "managers doing IC work", "95 to 99", "range judgement", "secondary", "https://allwork.space/2026/01/managers-are-being-stretched-thin-as-average-team-size-jumps-to-12-workers"),
    ("D06", "Gallup 2026", "yes", False, "40 %", "IC-work share above which manager engagement falls with span", "30 to 50", "range judgement", "secondary", "https://emergentskills.com/life_skills/manager-stress/burnout/97-managers-are-doing-two-jobs-heres-why-theyre-burning-out"),
    ("D07", "Grove 1983; Buckingham", "partial", False, "1 hours", "time per direct report per week", "0.25 to 4", "15 min (Buckingham), 30 min 1:1, half a day (Grove)", "secondary", "https://codecapsule.com/2023/10/24/how-many-reports-for-engineering-managers-other-bedtime-stories/"),
    ("E01", "BLS 2024", "yes", False, "133080 USD/yr", "US software developer median wage (May 2024)", "102610 to 250000", "median; low = QA tester median; high = big-tech judgement", "secondary", "https://resources.nopmark.com/2025/12/outstanding-career-prospects-in.html"),
    ("E02", "BLS 2024", "derived", False, "1.29 ratio", "IT/software manager : developer median wage ratio", "1.15 to 1.75", "171,200/133,080 (2024)=1.286; 169,510/132,270 (2023)=1.282; 164,070/127,260 (2022)=1.289; bounds judgement, 1.75 = boss/worker productivity (I03)", "primary", "https://www.bls.gov/ooh/management/computer-and-information-systems-managers.htm"),
    ("E03", "BLS ECEC", "memory", False, "1.4 ratio", "employer load on wages", "1.25 to 1.7", "recalled (ECEC benefits ~30 % of compensation)", "", ""),
    ("E04", "Gusto 2025", "yes", False, "3460 USD/month", "manager pay premium over own reports (SMB)", "2500 to 4500", "range judgement", "primary", "https://gusto.com/resources/gusto-insights/managerial-flattening-2025"),
    ("E05", "Anthropic documentation", "partial", True, "200 USD/month", "agentic coding spend per active developer", "100 to 250", "100-200 (2025), 150-250 (2026; $13/active day)", "secondary", "https://www.tokenwatch.one/blog/claude-code-costs-agency"),
    ("E06", "press reports", "partial", False, "1000 USD/month", "heavy agentic spend per engineer", "500 to 2000", "500-2,000 actual; 1,500 per-tool cap (Jun 2026)", "secondary", "https://noqta.tn/en/blog/uber-ai-coding-budget-crisis-enterprise-governance-2026"),
    ("E07", "vendor price lists", "memory", True, "30 USD/month", "seat price, completion assistants", "10 to 60", "recalled list prices", "", ""),
    ("E08", "SHRM", "partial", False, "75 % of salary", "replacement cost of an engineer", "50 to 200", "50-60 (SHRM), 50-200 (Talentuch), 150 (others)", "secondary", "https://hrtechedge.com/news/u-s-turnover-hits-19-3-as-employee-retention-slips-talentuch-calls-for-smarter-strategies"),
    ("E09", "SHRM", "partial", False, "50 days", "time to fill engineering role", "43 to 62", "43, 51, 62 in different pages", "secondary", "https://www.lingolive.com/blog/cost-of-turnover-for-software-engineers/"),
    ("E10", "industry surveys", "yes", False, "6 months", "ramp-up to full productivity", "3 to 12", "6-12 'general consensus' seen; 3 = judgement", "secondary", "https://www.sledgeworx.io/how-much-is-turnover-costing-your-company/"),
    ("E11", "DX 2026", "yes", True, "50 days", "time to 10th PR for new hire, before -> with AI", "45 to 100", "100 -> under 50; 45 = judgement", "secondary", "https://novvista.com/p/825"),
    ("E12", "Dorsey 2026", "yes", False, "20 weeks", "severance in an AI-era layoff", "8 to 26", "20 + 1/yr (Block); rest judgement", "secondary", "https://mercation.com/news/block-stock-rises-20-percent-after-major-ai-layoffs"),
    ("F01", "Gallup 2026", "yes", False, "12.1 reports", "average span of control, US 2024 -> 2025", "10.9 to 12.1", "10.9 -> 12.1; BLS 11.5; 8.2 in 2013", "primary", "https://www.gallup.com/workplace/700718/span-control-optimal-team-size-managers.aspx"),
    ("F02", "Gallup 2026", "yes", False, "5.5 reports", "median span of control", "5 to 6", "reported", "primary", "https://www.gallup.com/workplace/700718/span-control-optimal-team-size-managers.aspx"),
    ("F03", "Acharya et al. 2017", "partial", False, "7 reports", "span by archetype: player-coach / coach / supervisor / facilitator / coordinator", "3 to 15", "3-5 / 6-7 / 8-10 / 11-15 / 15+", "secondary", "https://www.iads.org/articles-reports/how-to-identify-the-right-spans-of-control-for-your-organisation"),
    ("F04", "Gusto 2025", "yes", False, "6 reports", "ICs per manager, US SMB 2019 -> 2024", "3 to 6", "~3 -> ~6", "secondary", "https://www.daily8.com/en/hashtag/Tremper"),
    ("F05", "Jellyfish 2025", "partial", True, "7.5 reports", "Engineers per engineering manager, large tech", "5 to 12", "6-9 typical; Netflix 5-6; Meta up to 12", "secondary", "https://jellyfish.co/blog/manager-to-engineer-ratio"),
    ("F06", "Pave 2024; Ravio 2024", "yes", False, "23 %", "managers as share of headcount in tech firms", "16 to 23", "23 (Pave), 16 (Ravio, IC 79)", "primary", "https://pave.com/blog-posts/what-is-the-average-span-of-control-benchmark"),
    ("F07", "Pave 2024", "yes", False, "13 %", "director-and-above share", "8 to 13", "13 typical; low = judgement for large firms", "primary", "https://pave.com/blog-posts/what-is-the-average-span-of-control-benchmark"),
    ("F08", "Live Data Technologies 2025", "yes", False, "-6.1 %", "manager headcount change since 2022 peak, US public firms", "-6.1 to -3.5", "managers -6.1 vs workforce -3.5; execs ~-5", "secondary", "https://qz.com/ai-layoffs-workforces-management"),
    ("F09", "Jassy 2024", "yes", False, "15 % increase", "Amazon IC:manager ratio target", "15", "target; later reported met", "secondary", "https://insights.bu.edu/when-efficiency-derails-discovery-what-leaders-can-learn-from-the-past"),
    ("F10", "CNBC 2025", "yes", False, "-35 %", "Google: fewer managers of small teams, 1 year", "-35", "reported; many led <3 people; 10 % of VP/manager roles cut 2024", "secondary", "https://noted.jsrowe.com/tags/layoffs"),
    ("F11", "WSJ 2026", "yes", False, "50 reports", "Extreme flat: Meta applied AI unit", "25 to 50", "up to 50; 25 usual outer bound", "secondary", "https://leaddev.com/?p=31894"),
    ("F12", "Rajan and Wulf 2006", "yes", False, "-25 %", "levels between CEO and division head, 1986-99", "-25", "'more than 25 %'", "secondary", "https://sloanreview.mit.edu/article/organization-the-flattening-corporation/"),
    ("F13", "Rajan and Wulf 2006", "memory", False, "7 reports", "CEO direct reports 1986 -> 1999", "4 to 7", "recalled 4 -> 7", "", ""),
    ("F14", "Korn Ferry 2025", "yes", False, "44 %", "employees reporting management layers were cut / lack direction", "40 to 44", "44 cut; 40 directionless", "secondary", "https://cfodive.com/news/cuts-middle-management-stressing-72-percent-senior-executives-korn-ferry-hr-wfh/745822"),
    ("F15", "Business Insider 2025", "yes", False, "5.5 engineers/PM", "PM:engineer (builder) ratio, Microsoft security, current -> target", "5.5 to 10", "reported", "secondary", "https://benzinga.com/25/04/44729860/microsoft-stock-had-a-rough-ride-over-the-past-year-and-the-satya-nadella-led-company-is-now-mulling-more-job-cuts-this-time-focused-on-managers-and-non-coders"),
    ("G01", "Layoffs.fyi 2026", "yes", False, "122549 persons", "tech layoffs 2024 / 2025", "122549 to 152922", "2024: 152,922 (551 firms); 2025: 122,549 (257 firms)", "secondary", "https://www.nerdwallet.com/finance/learn/tech-layoffs"),
    ("G02", "Layoffs.fyi 2023", "memory", False, "264000 persons", "tech layoffs 2022 / 2023", "165000 to 264000", "~165k and ~264k recalled; 154,336 (early 2022 tally) and 224,503 (Nov 2023) seen", "", ""),
    ("G03", "Layoffs.fyi 2026", "yes", False, "156270 persons", "tech layoffs 2026 to date (mid-2026)", "156270 to 185894", "Layoffs.fyi 156,270 (150 firms); SkillSyncer 185,894", "secondary", "https://thefinancialwire.com/?p=134556"),
    ("G04", "Challenger 2025", "yes", False, "154445 persons", "announced US tech cuts 2025 (2024: 133,988)", "133988 to 154445", "reported", "secondary", "https://hrexecutive.com/?p=158632"),
    ("G05", "Challenger 2026", "yes", False, "4.5 %", "share of announced US cuts citing AI, 2025 (out of date: N63)", "3 to 7", "4.5 in 2025; 7 in Jan 2026; 3 since 2023", "secondary", "https://hrexecutive.com/?p=158632"),
    ("G06", "BLS JOLTS", "yes", False, "1.1 %/month", "US layoffs & discharges rate, all industries", "1.0 to 1.3", "reported readings", "primary", "https://fred.stlouisfed.org/series/JTULDR"),
    ("G07", "BLS JOLTS", "memory", False, "1.1 %/month", "information-sector layoffs rate", "0.7 to 1.8", "level recalled; month changes -0.2..+0.7 pp and 0.7 pp significance band seen", "", ""),
    ("G08", "company announcements 2022-26", "partial", False, "8 % of workforce", "size of one layoff round, large software firms", "3 to 40", "MSFT 3 (2025), MSFT ~5 and Google 6 (2023), Salesforce 10, Meta 13 (2022) and 10 (2026), Block 40 (2026)", "secondary", "https://www.livemint.com/news/world/zoom-to-cut-15-of-its-workforce-ceo-eric-yuan-to-take-massive-98-pay-cut/amp-11675814078902.html"),
    ("G09", "Live Data Technologies 2024", "yes", False, "31.5 %", "middle managers' share of layoffs, 2018 -> 2023", "20 to 31.5", "reported", "secondary", "https://latamtech.biz/middle-managers-accounted-for-almost-a-third-of-layoffs-last-year/"),
    ("G10", "derived from Live Data Technologies", "derived", False, "1.54 ratio", "derived risk ratio, managers over others, 2023", "0.85 to 1.6", "(.315/.23)/(.685/.77); 2018 analogue 0.84 if base share constant", "primary", "https://www.livedatatechnologies.com/layoffs-by-job-level"),
    ("G11", "WARN notices 2025", "yes", False, "17 %", "managers' share of Microsoft Redmond May 2025 cuts", "17", "reported", "secondary", "https://noted.jsrowe.com/tags/layoffs"),
    ("G12", "Revelio Labs 2023", "derived", False, "1.54 ratio", "software engineers: share of layoffs vs of employees (2023)", "1.0 to 1.6", "~20 % of cuts vs 14 % of staff: RR (.20/.14)/(.80/.86)", "secondary", "https://tldrdaily.news/news/business/technology/navigating-the-tech-industrys-layoffs-and-job-market-u3nnbnlai3"),
    ("G13", "Revelio Labs 2022", "yes", False, "1.2 years", "tenure of laid-off vs average at same firms", "1.2 to 2.5", "1.2 vs 2.5", "secondary", "https://thecoli.com/threads/it-certifications-and-careers-official-discussion-thread.9043/page-1159"),
    ("G14", "Revelio Labs 2022", "yes", False, "1.15 ratio", "pay of laid-off vs average engineer", "1.0 to 1.15", "86k/75k", "secondary", "https://thecoli.com/threads/it-certifications-and-careers-official-discussion-thread.9043/page-1159"),
    ("G15", "Brynjolfsson et al. 2025", "yes", False, "-13 %", "relative employment change, ages 22-25 in most AI-exposed jobs", "-16 to -10", "-13 (Aug 2025), up to -16 (Nov 2025); high judgement", "secondary", "https://new-savanna.blogspot.com/2025/08/the-canaries-in-job-market.html?m=0"),
    ("G16", "Lichtinger and Hosseini 2025", "yes", False, "-9 %", "junior employment in AI-adopting firms vs others", "-12 to -7.7", "DiD 7.7, triple-diff 12, 9 after 6 quarters", "secondary", "https://empirical-economics-of-ai.vercel.app/papers/LichtingerMaasoum_2025_GenerativeAISeniority"),
    ("G17", "Trevor and Nyberg 2008", "yes", False, "31 % relative", "voluntary turnover increase after downsizing 1 % (0.5 % -> 13 % vs ~10.4 %)", "20 to 40", "31 reported; range judgement; concave in size", "secondary", "https://www.businessenglish.cn/1274.html"),
    ("G18", "Leadership IQ 2008", "yes", True, "74 %", "survivors self-reporting lower productivity", "60 to 75", "range judgement", "secondary", "http://www.bizjournals.com/pacific/stories/2008/12/15/daily20.html"),
    ("G19", "Heinz et al. 2020", "memory", False, "-12 %", "output drop of survivors after 20 % unfair layoff (field experiment)", "-18 to -5", "recalled", "", ""),
    ("G20", "Culture Amp 2024", "yes", True, "-16.9 % points", "confidence in company after layoffs", "-16.9 to -10.5", "company -16.9; leadership -10.5", "secondary", "https://victorhrconsultant.com/2024/10/15/layoffs-lead-to-long-term-costs"),
    ("H01", "Mercer 2023; LinkedIn", "partial", False, "10 %/yr", "annual voluntary attrition, tech", "6 to 15", "8.2 (Mercer 2023 US tech; quartile ~12), 13.2 (LinkedIn, older), 13 US all; range judgement", "primary", "https://www.mercer.com/en-us/insights/talent-and-transformation/attracting-and-retaining-talent/how-to-retain-tech-talent"),
    ("H02", "Gallup 2015", "yes", False, "70 %", "variance in team engagement from manager", "50 to 70", "'at least 70' reported; low = judgement", "secondary", "http://www.josepmanelventosa.com/recomendacion/managers-account-variance-employee-engagement-aspxutm_sourceemployee_engagementutm_mediumtopicutm_campaigntiles"),
    ("H03", "Gallup 2026", "yes", False, "", "engagement and team size", "", "", "secondary", "https://www.labmanager.com/managers-are-being-asked-to-manage-larger-teams-34837"),
    ("H04", "Lazear et al. 2015", "yes", False, "", "good boss lowers quits", "", "", "primary", "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=2131572"),
    ("I01", "Lazear et al. 2015", "derived", False, "11 %", "team output, replacing P10 boss by P90 boss", "10 to 15", "'more than one worker in nine'; high judgement", "primary", "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=2131572"),
    ("I02", "Lazear et al. 2015", "yes", False, "", "channel: mainly teaching, and it lasts", "", "", "primary", "https://docslib.org/doc/9984783/the-value-of-bosses"),
    ("I03", "Lazear et al. 2015", "yes", False, "1.75 ratio", "average boss / average worker productivity", "1.5 to 2.0", "1.75; 2011 draft: ~2; low judgement", "primary", "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=2131572"),
    ("I04", "Bloom et al. 2013", "yes", False, "17 %", "productivity from management practices (RCT), year 1", "11 to 22", "range recalled/judgement", "secondary", "https://www.gov.uk/dfid-research-outputs/does-management-matter-evidence-from-india-200148"),
    ("I05", "Benson et al. 2019", "yes", False, "-7.5 %", "subordinates' performance per doubling of new manager's own prior output", "-10 to -4", "-7.5 final; -10 earlier draft (Booth Review 2017); high judgement", "secondary", "https://econ70.com/2018/08/09/poor-promotions/"),
    ("J01", "Putnam 1997", "partial", False, "5 people", "optimal team size (35-95 kLOC)", "3 to 7", "3-7", "primary", "https://qsm.com/blog/2019/4-key-studies-team-size"),
    ("J02", "Armel 2012", "yes", False, "4 people", "median team size best vs worst-in-class projects", "4 to 17", "4 vs 17 FTE", "primary", "https://www.qsm.com/blog/2012/part-ii-small-teams-deliver-lower-cost-higher-quality"),
    ("J03", "Brooks 1975", "memory", False, "n(n-1)/2", "communication channels of n people", "", "", "", ""),
    ("J04", "Nagappan et al. 2008", "yes", False, "85 %", "precision/recall of org-structure metrics for failure-prone binaries", "84 to 86", "85 seen", "secondary", "https://sureshshanmugam.com/suresh-shanmugam/"),
    ("J05", "Herbsleb and Mockus 2003", "memory", False, "2.5 ratio", "multi-site vs same-site task duration", "1.5 to 2.5", "recalled; 'much longer' seen", "", ""),
    ("J06", "Cataldo et al. 2008", "memory", False, "-32 %", "resolution-time reduction when coordination is congruent", "-40 to -20", "recalled; 'significantly reduced' seen", "", ""),
    ("N01", "Becker et al. 2025", "yes", False, "47 %", "Lines of code per hour of forecast (AI-disallowed) work, AI allowed vs not", "-14 to 152", "p = 0.16 in source; range derived from that p on the log scale, not published", "primary", "https://arxiv.org/abs/2507.09089"),
    ("N02", "Becker et al. 2025", "yes", False, "9 % of time", "Share of task time spent reviewing and cleaning AI output, AI allowed", "", "", "primary", "https://arxiv.org/abs/2507.09089"),
    ("N03", "Becker et al. 2025", "yes", False, "44 %", "AI generations accepted; developers reading every line; often needing major changes", "44 to 75", "<44 accepted; 75 read all lines; 56 major changes", "primary", "https://arxiv.org/abs/2507.09089"),
    ("N04", "METR 2025", "derived", False, "14.9 minutes", "Post-review implementation time, AI not allowed -> allowed", "9.7 to 14.9", "means 9.7 (n=103) and 14.9 (n=127); difference not significant in source", "primary", "https://github.com/METR/Measuring-Early-2025-AI-on-Exp-OSS-Devs"),
    ("N05", "Mozannar et al. 2024", "derived", False, "51.5 % of session", "Copilot session time in AI-related states (verify 22.4, edit suggestion 11.9, prompt 11.6, wait 4.2, defer 1.4)", "", "", "primary", "https://arxiv.org/abs/2210.14306"),
    ("N06", "Chen et al. 2026", "yes", False, "12.5 minutes", "Human time on task, coding agent vs copilot", "9.7 to 15.3", "12.5 (SE 2.8) vs 25.1 (SE 6.2), p = .01; range +-1 SE", "secondary", "https://xeve.io/blog/coding-agents-better-developers-prefer-copilot"),
    ("N07", "Borg et al. 2025", "yes", False, "-30.7 % time", "Median change in completion time, feature in an unfamiliar Java app", "", "", "primary", "https://arxiv.org/html/2507.00788v2"),
    ("N08", "Borg et al. 2025", "derived", False, "-35.9 % time", "Same, habitual AI users (speed-up 55.9 % = time -35.9 %)", "", "", "primary", "https://arxiv.org/html/2507.00788v2"),
    ("N09", "Borg et al. 2025", "yes", False, "", "Time and quality for others who later evolve AI-assisted code", "", "", "primary", "https://arxiv.org/html/2507.00788v2"),
    ("N10", "Shen and Tamkin 2026", "yes", False, "0 % time", "Time saving when learning a new library with AI", "", "", "primary", "https://arxiv.org/html/2601.20245v1"),
    ("N11", "Anthropic 2025", "yes", True, "80 % less time", "Task time reduction in Claude.ai conversations, validation outside the chat not counted", "56 to 90", "average 80; task range seen 56-90", "primary", "https://www.anthropic.com/research/estimating-productivity-gains"),
    ("N12", "Tabachnyk and Nikolov 2022", "yes", True, "-6 % time", "Coding iteration time, ML completion vs control (AI share 3 % of new characters)", "", "", "primary", "https://www.googblogs.com/ml-enhanced-code-completion-improves-developer-productivity/"),
    ("N13", "McKinsey 2023", "yes", False, "50 % less time", "Time reduction in a lab: documentation / new code / refactoring", "35 to 50", "half / nearly half / nearly two thirds of the time", "secondary", "http://decobta.blogg.se/2023/august/make-fake-id-online-free-uk.html"),
    ("N14", "Google 2025", "yes", False, "50 % less time", "Google code migrations with LLM: time / share of changes AI-written", "50 to 89", "engineers' estimate 50; one migration 89; 74-80 % AI-written", "secondary", "https://cysecurity.news/2025/04/ai-powers-airbnbs-code-migration-but.html"),
    ("N15", "METR 2025", "yes", False, "42 minutes", "Human repair of test-passing agent PRs to mergeable", "", "", "secondary", "https://www.livingip.xyz/knowledge-base/benchmark-based-ai-capability-metrics-overstate-real-world-autonomous-performance-because-automated-scoring-excludes-production-readiness-requirements"),
    ("N16", "METR 2026", "yes", False, "16 hours", "50 % time horizon, best model seen (May 2026)", "5.3 to 55", "Opus 4.5 320 min; Mythos preview at least 16 h, CI to 55 h", "secondary", "https://xeve.io/blog/agent-time-horizons-measurement-problem"),
    ("N17", "METR 2026", "yes", False, "1.7 ratio", "Self-reported change in value of work from AI", "1.4 to 2.0", "source gives a median of 1.4-2; centre = midpoint; 1.3 recalled for Mar 2025", "secondary", "https://javarubberduck.com/ai/news-2026-05-13-ai-patterns/"),
    ("N18", "Greptile 2026", "derived", True, "1.196 ratio", "Median lines per PR, AI-assisted vs human, same developers", "", "", "primary", "https://www.greptile.com/agent-leaderboard"),
    ("N19", "Jellyfish 2025", "yes", True, "18.2 %", "Additions per PR, AI adoption 0 -> 100 %", "11.2 to 18.2", "74.8 -> 88.4; quartiles 64.8 -> 72.1 (adoption 12 -> 72 %)", "primary", "https://jellyfish.co/blog/ai-assisted-pull-requests-are-18-larger"),
    ("N20", "Sarkar 2025", "partial", True, "0 %", "Lines edited and files touched per merged PR after Cursor agent became default", "", "", "secondary", "https://theaiinsider.tech/?p=40602"),
    ("N21", "Watanabe et al. 2025", "yes", False, "40 %", "PRs serving several purposes, agent vs human (same repos, same authors)", "12.2 to 40", "40.0 vs 12.2; tests 18.8 vs 4.5; docs 22.1 vs 14.0; refactoring 24.9 vs 14.9", "secondary", "https://www.themoonlight.io/fr/review/on-the-use-of-agentic-coding-an-empirical-study-of-pull-requests-on-github"),
    ("N22", "Cursor 2026", "yes", True, "345 lines", "p75 lines added per PR, Jan 2025 -> May 2026", "126 to 345", "125.9 -> 345.0; PRs of 1,000+ lines 8.0 -> 13.8 %", "secondary", "https://diligesker.com/?p=218"),
    ("N23", "Demirer et al. 2026", "yes", False, "741 %", "Lines of code vs commits after adopting interactive agents", "140 to 741", "LOC +741, commits +140 (autocomplete +228 and +40)", "secondary", "https://jonmoshier.com/notes/writing-code-vs-shipping-code-ai-productivity-across-tool-generations/"),
    ("N24", "Wizard-of-Oz study 2026", "partial", False, "30 %", "Fixation time on identical human code labelled 'LLM-generated'", "0 to 60", "up to 60 for complex segments; centre judgement", "secondary", "https://aissential.tech/articles/d7d230f9-a77c-401d-8241-388061e9a014"),
    ("N25", "Al Madi 2022", "yes", False, "", "Visual attention to Copilot code vs human code", "", "", "secondary", "https://zhuanzhi.ai/paper/184f79adb0081ba0cf55766197bf5170"),
    ("N26", "Tufano et al. 2024", "yes", False, "0 % time", "Reviewers' time with an LLM review as starting point", "", "", "primary", "https://arxiv.org/html/2411.11401v2"),
    ("N27", "Tantithamthavorn et al. 2026", "yes", True, "-30.8 %", "PR cycle time / human-written comments with AI reviewer", "-35.6 to -30.8", "cycle -30.8; human comments -35.6; 38.7 % of AI comments acted on", "primary", "https://arxiv.deeppaper.ai/papers/2601.01129v1"),
    ("N28", "Cihan et al. 2024", "derived", False, "42 %", "PR closure time with AI reviewer", "", "", "primary", "https://arxiv.org/html/2412.18531v1"),
    ("N29", "Kudrjavets et al. 2022", "yes", False, "0 correlation", "Relation of PR size to time to merge", "", "", "primary", "https://ar5iv.labs.arxiv.org/html/2203.05045"),
    ("N30", "Watanabe et al. 2025", "yes", False, "83.8 %", "Merge rate, agent vs human PR, same repos and authors", "83.8 to 91.0", "83.8 vs 91.0; median time to merge 1.23 vs 1.04 h; 54.9 % merged unchanged", "secondary", "https://h.likeai.space/papers/2509.14745"),
    ("N31", "Jellyfish 2026", "yes", True, "60 %", "Merge rate of AI-assisted PRs vs human, enterprises", "60 to 80", "about 60 vs about 80", "secondary", "https://tessl.io/podcast/108/"),
    ("N32", "PRarena 2025", "yes", False, "87.6 %", "Merge rate of non-draft agent PRs on public GitHub by tool", "61.1 to 93.9", "Codex 87.6, Copilot 92.8, Cursor 93.9, Devin 63.6, Codegen 61.1", "secondary", "https://dropletdrift.com/how-often-do-ai-bots-get-their-code-merged-a-look-at-the-numbers"),
    ("N33", "Chowdhury et al. 2026", "yes", False, "45.2 %", "Merge rate, PRs reviewed only by a review agent vs only by humans", "45.2 to 68.4", "45.20 vs 68.37", "primary", "https://arxiv.org/html/2604.03196v1"),
    ("N34", "arXiv 2508.11034 2025", "yes", False, "-33 % time", "Review time, GPT-assisted PRs vs others", "", "", "primary", "https://arxiv.org/html/2508.11034v1"),
    ("N35", "Xu et al. 2025", "yes", False, "6.5 %", "Core developers after Copilot: reviews / own commits", "-19 to 6.5", "reviews +6.5; own code -19", "primary", "https://www.sciencestack.ai/paper/2510.10165"),
    ("N36", "Song et al. 2024", "yes", False, "8 %", "Coordination time for code integration after Copilot", "8 to 41.6", "8 (v2-v3); 41.6 integration time in v1", "primary", "http://arxiv.org/abs/2410.02091v2"),
    ("N37", "Anthropic 2026", "yes", True, "44 % of sessions", "Claude Code sessions that are not writing, fixing or testing code", "", "", "secondary", "https://www.genai-playbook.com/articles/returns-to-expertise-en.html"),
    ("N38", "Anthropic 2026", "yes", True, "19 % of sessions", "Share of sessions fixing broken code, Oct 2025 -> Apr 2026", "19 to 33", "33 -> 19; operating 14 -> 21; writing and analysis 10 -> 20", "secondary", "https://howardism.dev/articles/agentic-coding-work-composition-shift"),
    ("N39", "Dillon et al. 2025", "yes", True, "-31 % time", "Hours on e-mail per week with general AI assistant; meetings", "-31 to 0", "regular users -3.6 h (31 %), ITT -1.3 h; documents moderately faster; meetings unchanged", "primary", "https://arxiv.org/html/2504.11436v2"),
    ("N40", "Hoffmann et al. 2024", "yes", False, "12.4 %", "Share of activity: coding / project management with free Copilot", "-24.9 to 12.4", "coding +5.4 pp (12.37 %); project management -10 pp (-24.93 %)", "secondary", "https://d3.harvard.edu/the-ai-revolution-in-software-development-how-generative-ai-is-reshaping-coding-practices"),
    ("N41", "Atlassian 2025", "yes", True, "68 %", "Developers using AI for tasks other than code", "", "", "secondary", "https://generativeia-magazine.com/devex-ia-et-developpeurs-un-paradoxe"),
    ("N42", "Meta 2024", "yes", True, "42 %", "Incidents whose root cause an LLM ranked correctly", "", "", "secondary", "https://tryparity.com/blog/how-meta-uses-llms-to-improve-incident-response"),
    ("N43", "Anthropic 2025", "yes", True, "27 %", "AI-assisted work that would not have been done otherwise", "", "", "secondary", "https://pragmatiqai.com/blog/ai-productivity-anthropic-study-2025-engineers?amp=true"),
    ("N44", "Span 2026", "yes", True, "", "AI code ratio as predictor of a production defect, PR size and complexity controlled", "", "", "primary", "https://www.span.app/blog/ai-writes-bigger-prs"),
    ("N45", "Repowise 2026", "yes", True, "0.57 odds ratio", "Odds of a bug-introducing commit, human-steered agent vs human, size controlled", "", "", "secondary", "https://mlllm.io/articles/1287-study-of-112-000-commits-ai-code-is-as-good-as-human-code-in-quality-and-reliability/"),
    ("N46", "Greptile 2026", "derived", True, "0.9 ratio", "Reverts per 1,000 merged PRs, same developers, AI vs human by files changed (1 / 2-3 / 4-10 / 10+)", "0.72 to 1.12", "3.36/2.99, 3.02/2.99, 2.38/2.88, 2.57/3.57; centre judgement", "primary", "https://www.greptile.com/agent-leaderboard"),
    ("N47", "Cui et al. 2026", "yes", False, "13.6 %", "Commits / build attempts / build success with Copilot", "0 to 38.4", "commits +13.55, builds +38.38, success rate unchanged", "secondary", "https://blueheadline.com/software-dev/ai-helps-new-developers-but-seniors"),
    ("N48", "Agarwal et al. 2026", "yes", False, "18 %", "Static-analysis warnings / cognitive complexity after agent adoption", "18 to 39", "warnings 18; complexity 35 (39 in a table)", "primary", "https://arxiv.org/html/2601.13597v1"),
    ("N49", "Liu et al. 2026", "yes", False, "24.2 %", "AI-introduced static-analysis issues still there at head", "", "", "secondary", "https://anthonywest.co.uk/explainer-html/ai-engineering/2026-04-24_liu_ai-code-technical-debt_explainer.html"),
    ("N50", "Daniotti et al. 2026", "yes", False, "3.6 %", "Commits per quarter at 29-30 % AI-written functions", "2.4 to 3.6", "2.4 for a move to 30 % (v1, within-developer FE); 3.6 (v2, Science, US at 29 %)", "primary", "https://arxiv.org/html/2506.08945v1"),
    ("N51", "Song et al. 2024", "yes", False, "5.9 %", "Project code contributions with Copilot (individual part / participation)", "2.1 to 5.9", "5.9 = 2.1 individual + 3.4 participation", "primary", "http://arxiv.org/abs/2410.02091v2"),
    ("N52", "CircleCI 2026", "yes", True, "4 %", "Workflow runs, median team: all / feature branches / main branch", "-6.8 to 15.2", "+4 / +15.2 / -6.8; mean +59; top 5 % +97", "primary", "http://circle-production-static-site.s3-website-us-east-1.amazonaws.com/blog/five-takeaways-2026-software-delivery-report"),
    ("N53", "Demirer et al. 2026", "yes", False, "20.3 %", "Releases after adopting autocomplete / + interactive / + autonomous agents", "10.2 to 30", "10.2 / 20.3 / 30; commits 40 / 140 / 180; projects 50", "secondary", "https://botbeat.news/news/mit-and-wharton-study-exposes-productivity-paradox-in-ai-coding-tools-massive-co-7853"),
    ("N54", "Butler et al. 2026", "yes", True, "24 %", "Merged PRs of adopters of command-line agents, Microsoft", "", "", "primary", "https://sophon.at/papers/arxiv-2607.01418"),
    ("N55", "Denisov-Blanch 2025", "yes", False, "10 %", "Net output, AI teams vs matched teams", "", "", "secondary", "https://podcasts.chainofthought.xyz/podcast-summaries/can-you-prove-ai-roi-in-software-eng-stanford-120k-devs-study---yegor-denisov-blanch-stanford"),
    ("N56", "Jellyfish 2026", "yes", True, "113 %", "PRs per engineer, AI adoption 0 -> 100 %", "", "", "secondary", "https://www.joinnextdev.com/blog/enterprise-ai-coding-71-adoption-2x-prs-but-quality-is-the-catch"),
    ("N57", "Span 2026", "yes", True, "67 %", "PRs per week of developers using AI; rework time", "30 to 67", "PRs +67, rework +30", "primary", "https://www.span.app/blog/introducing-estimated-bug-density"),
    ("N58", "DX 2025", "yes", True, "3.9 hours/week", "Self-reported time saved at 22 % AI-authored code", "3.6 to 4.1", "3.6-4.1", "secondary", "https://engineered.at/articles/findings-from-dx-s-2025-report-ai-won-t-save-you-from-your-engineering-culture"),
    ("N59", "DORA 2026", "yes", False, "6 %", "Change-failure rate before -> after AI in DORA's ROI model", "5 to 6", "5 -> 6 (+20 % relative)", "secondary", "https://7ynk3r.github.io/2026/05/15/the-j-curve-is-not-a-waiting-game/"),
    ("N60", "Greptile 2026", "yes", True, "27.6 % of PRs", "PRs written end to end by an agent, Feb 2025 -> Apr 2026", "0.9 to 27.6", "0.86 -> 27.6", "primary", "https://www.greptile.com/agent-leaderboard"),
    ("N61", "Anthropic 2026", "yes", True, "3.5 % points", "Success of users with 6+ months of experience, tasks controlled", "3 to 4", "3-4 after controls; 10 % raw", "secondary", "https://stateofai.pages.dev/research/01-ai-native-landscape/anthropic-economic-index-learning-curves-2026/"),
    ("N62", "Anthropic 2026", "yes", True, "30 %", "Verified success of agent sessions, novice vs intermediate/expert in the task", "15 to 33", "15 vs 28-33", "secondary", "https://aihola.com/article/claude-code-domain-expertise-study"),
    ("N63", "Challenger 2026", "yes", False, "40 % of cuts", "US announced cuts citing AI, May 2026", "7 to 40", "Jan 7, Feb 10, Mar 25, Apr 26, May 40 (38,579 of 97,006)", "secondary", "https://techjacksolutions.com/?p=56382"),
    ("N64", "GeekWire 2026", "yes", False, "78 %", "Share of Amazon's first cut (Oct 2025) at levels L5-L7", "", "", "secondary", "https://www.mobileappdaily.com/news/amazon-layoffs-begin-30000-jobs-cut-january-2026"),
    ("N65", "Revelio Labs 2025", "yes", False, "-42 %", "Postings for mid-level managers, Apr 2022 -> Oct 2025", "-42 to -14", "-42; entry level at worst -14, then recovering", "secondary", "https://windpress.info/fr/press-release/1014698/the-trend-towards-delayering-to-gain-agility-has-left-middle-management-in-a-vulnerable-position-aeen"),
    ("N66", "HBR 2026", "yes", False, "60 %", "Executives who cut heads in anticipation of AI / made large cuts on actual AI results", "2 to 60", "60 and 2", "secondary", "https://ai.contextix.io/2026-03-26-automation-regret-paradox"),
    ("N67", "Gallup 2026", "yes", False, "40 %", "Median manager's share of time on own IC work", "", "", "secondary", "https://www.cpj.fyi/radar/the-decision-bottleneck"),
    ("N68", "Hoffman and Tadelis 2021", "yes", False, "-60 %", "Quits, manager at the 90th vs 10th percentile of people-management score", "-60 to -30", "-60 reported; upper end judgement (regression dilution, one firm)", "primary", "https://newsroom.haas.berkeley.edu/magazine/fall-winter-2020/retention-fate/"),
    ("N69", "Friebel et al. 2022", "yes", False, "-25 %", "Quits when managers are asked to do what they can against turnover", "", "", "primary", "http://businessdocbox.com/Human_Resources/88069294-Middle-managers-communication-personnel-turnover-and-sales-a-long-term-field-experiment-in-a-retail-chain-april-2018.html"),
    ("N70", "Minni 2026", "yes", False, "", "Gaining a high-flying manager: reallocation and lasting productivity of workers", "", "", "secondary", "https://macropaperwarehouse.com/papers/making-the-invisible-hand-visible-managers-and-worker-allocation/"),
    ("N71", "Frederiksen et al. 2020", "yes", False, "", "Teams of supervisors who rate higher: objective performance", "", "", "primary", "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=2961076"),
    ("N72", "Artz et al. 2017", "yes", False, "", "Boss's technical competence and job satisfaction", "", "", "primary", "https://studylib.net/doc/12316305/boss-competence-and-worker-well-being--oswald"),
    ("N73", "Sonar 2026", "yes", True, "38 %", "Developers who say reviewing AI code takes more effort than human code", "", "", "secondary", "https://byteiota.com/ai-verification-bottleneck-96-distrust-code-48-verify"),
    ("N74", "Cursor 2026", "partial", True, "36.3 %", "Agent-driven changes that reach commits without manual review, May 2026", "7 to 36.3", "36.3; start of 2026 given as 7 or as 29 by two write-ups", "secondary", "https://digitalpixelweb.com/blog/cursor-developer-habits-report-2026"),
)
# fmt: on

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


#: How far the figures behind a parameter can be trusted, best first; the last two have none.
STANDINGS = ("verified", "partly verified", "recalled", "ASSUMPTION", "policy")
_STANDING = {"yes": 0, "derived": 0, "partial": 1, "memory": 2}


def standing(source: Iterable[str]) -> str:
    """Return one of `STANDINGS`: how far the best of the figures in a parameter's *source* was verified."""
    found = [_STANDING[EVIDENCE[key].verified] for key in source if key in EVIDENCE]
    if found:
        return STANDINGS[min(found)]
    return STANDINGS[4] if "POLICY" in source else STANDINGS[3]


def vendor_interest(source: Iterable[str]) -> str:
    """Return "all", "some" or "": which of the figures in *source* come from somebody who sells what they speak for."""
    flags = [EVIDENCE[key].vendor for key in source if key in EVIDENCE]
    return "" if not any(flags) else "all" if all(flags) else "some"


def is_weak(source: Iterable[str]) -> bool:
    """Return True if every figure in *source* is recalled or comes from a vendor, and there is at least one."""
    figures = [EVIDENCE[key] for key in source if key in EVIDENCE]
    return bool(figures) and all(e.vendor or e.verified == "memory" for e in figures)
