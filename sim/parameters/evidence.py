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
    ("B22", "METR 2026", "yes", False, "12 hours", "50 % time horizon, best public model Feb 2026", "9 to 14.5", "12 vs 14.5 by revision; low = judgement", "secondary", "https://apiardata.com/statistics/ai-autonomous-task-horizon"),
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
    ("G05", "Challenger 2026", "yes", False, "4.5 %", "share of announced US cuts citing AI", "3 to 7", "4.5 in 2025; 7 in Jan 2026; 3 since 2023", "secondary", "https://hrexecutive.com/?p=158632"),
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
