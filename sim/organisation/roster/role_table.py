"""Who writes code, by title: the table of an import, first match wins; `--role` and `--roles` come before it.

A pattern is a glob (`*` any text, `?` one character) on the whole title, in any case, punctuation as spaces; the same as in
`--role 'HR*=other'`. Only people without reports who write code are told apart here: whoever leads them is a manager.
"""

ENGINEER, MANAGER, OTHER = "engineer", "manager", "other"
ROLES = (ENGINEER, MANAGER, OTHER)

#: (role, patterns apart by commas), in order.
TITLES: tuple[tuple[str, str], ...] = (
    (ENGINEER, "ic, engineer, developer"),
    (MANAGER, "manager"),
    (OTHER, "other"),
    # whose title names those whom they serve: 'Recruiter, Engineering', 'Engineering Program Manager'
    (OTHER, "*recruit*, *talent acqui*, *sourcer*, hr, hr *, * hr, * hr *, *hrbp*, *human resources*"),
    (OTHER, "*people partner*, *people business *"),
    (OTHER, "*people operations*, *people ops*, *payroll*, *compensation*benefit*, *learning and development*"),
    (OTHER, "*assistant to *, *executive assistant*, *personal assistant*"),
    (OTHER, "*administrative*, *business administrat*, *admin assistant*"),
    (OTHER, "assistant, *secretary*"),
    (OTHER, "*chief of staff*, *office manager*, *receptionist*, *facilities*"),
    (OTHER, "*account executive*, *account manager*, *account leader*, *sales*, *business development*, *solution* architect*"),
    (OTHER, "*solution* consult*"),
    (OTHER, "*customer success*, *customer service*, *technical account*, *marketing*, *communications*"),
    (OTHER, "*public relations*, *brand*"),
    (OTHER, "*accountant*, *accounting*, *controller*, *finance*, *financial*, *treasury*, *procurement*, *buyer*"),
    (OTHER, "*tax *"),
    (OTHER, "*counsel*, *legal*, *attorney*, *lawyer*, *paralegal*, *compliance*, *auditor*, *privacy officer*"),
    (OTHER, "*scrum master*, *agile coach*, *project manag*, *program manag*, *programme manag*, *delivery manag*"),
    (OTHER, "*release manag*"),
    (OTHER, "*product manag*, *product owner*, *product marketing*, *product analyst*, *product design*"),
    (OTHER, "*business analyst*"),
    (OTHER, "*ux *, *ui designer*, *designer*, *user research*, *design research*, *technical writ*"),
    (OTHER, "*documentation*, *content *, *editor*"),
    (OTHER, "*event*, *customer support*, *support agent*, *support special*, *support represent*, *community *"),
    (OTHER, "*advocate*, *evangelist*"),
    # who writes code
    (ENGINEER, "*engineer, *engineer *, *engineers, *developer*, *programmer*, *entwickler*, *informatiker*"),
    (ENGINEER, "*developpeur*, *ingenieur*"),
    (ENGINEER, "*desarrollador*, *programador*, *ingeniero*, *sviluppatore*, *ingegnere*, *architect*, *sre"),
    (ENGINEER, "*devops*, *tech lead*"),
    (ENGINEER, "*technical lead*, *member of technical staff*, *data scientist*, *scientist*, *coder*, *sdet*"),
    (ENGINEER, "*tester*, *fullstack*"),
    (ENGINEER, "*software*, *backend*, *frontend*, *full stack*, *distinguished*, *principal technologist*"),
    # a manager who leads nobody who writes code
    (MANAGER, "*manager*, *director*, *head of*, *vice president*, *vp, vp *, * vp *, *chief *, ceo, cto, cfo, coo"),
    (MANAGER, "cio, cpo, ciso"),
    (MANAGER, "*president*, *founder*, *partner*, *supervisor*"),
)  # fmt: skip
#: The same for a job family or department, where the title says nothing; only what is no engineering.
FAMILIES: tuple[tuple[str, str], ...] = (
    (OTHER, "hr, hr *, human resources*, people, people operations*, people ops*, talent*, recruit*, payroll*"),
    (OTHER, "*sales, sales *, *marketing, marketing *, finance*, accounting*, legal*, administration*, procurement*"),
    (OTHER, "customer success*, customer service*, customer support*, facilities*, communications*"),
)  # fmt: skip
