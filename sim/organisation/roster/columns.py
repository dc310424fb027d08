"""Which column of an HR export means what: names people really use, and `--map field=column`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.errors import UserError, suggest
from sim.organisation.roster.cells import plain
from sim.organisation.roster.pay import is_pay_header

# Field -> column names in plain form (lower case letters and digits), best first.
_ALIAS_WORDS = {
    "id": (
        "employeeid employeenumber employeeno employeenr employeeeid empid empno empnumber emplid eid "
        "eeid personid personnumber personnelid personnelnumber personnelno employeeidnumber personalnummer mitarbeiterid "
        "mitarbeiternummer matricule workerid workernumber staffid staffnumber staffno associateid "
        "memberid userid uniqueid postuniquereference postreference postid payrollid payrollnumber "
        "uid id username login number positionid positionnumber nodeid recordid personref "
        "employeecode empcode staffcode employeekey personkey samaccountname onpremisessamaccountname objectid objectguid "
        "distinguishedname dn personalnr persnr mitarbeiternr matriculesalarie numeroemploye numerosalarie "
        "codesalarie identifiant idempleado numeroempleado numerodeempleado codigoempleado legajo matricola "
        "numeromatricola iddipendente codicedipendente"
    ),
    "manager": (
        "managerid manageremployeeid manageremployeenumber managerempid managernumber managerno "
        "managereid managerpersonid manageruserid managercode mgrid mgrno managerpositionid "
        "reportingmanageremployeenumber reportingmanageremployeeid reportingmanagerid "
        "reportingmanagernumber linemanagerid linemanageremployeeid linemanagernumber directmanagerid "
        "supervisorid supervisoreid supervisoremployeeid supervisorempid supervisornumber "
        "supervisorno supervisorpositionid bossid parentid parentpositionid parentpost leadid "
        "reportstoid reportstoemployeeid reportstonumber reporttoid reportingtoid reportstopositionid "
        "reportstopost reportstoseniorpost reportingseniorpost reportsto reportto reportingto "
        "vorgesetzter vorgesetzte vorgesetzteid linemanageremail manageremail manageremailaddress "
        "managersemail managerworkemail supervisoremail reportingmanageremail reportstoemail "
        "directmanageremail boss linemanager directmanager reportingmanager immediatemanager manager "
        "supervisor directsupervisor immediatesupervisor managername managersname linemanagername "
        "supervisorname supervisorsname reportstoname reportingmanagername directmanagername bossname "
        "mgr mgrname parentkey responsable supervisoremployeenumber vorgesetzternummer vorgesetztenid "
        "personalnummervorgesetzter vorgesetztername direktervorgesetzter disziplinarischervorgesetzter "
        "fuhrungskraft fuehrungskraft matriculeresponsable matriculemanager matriculedumanager "
        "responsablehierarchique responsabledirect superieurhierarchique superieur managerdirect idjefe "
        "numerojefe jefe jefedirecto jefeinmediato responsabledirecto supervisordirecto idresponsabile "
        "matricolaresponsabile responsabile responsabilediretto superiore superiorediretto"
    ),
    "dotted": (
        "dottedlinemanager dottedlinemanagerid dottedlinemanageremail dottedlinerelationship "
        "dottedline dottedids dottedid altreportsto alternatereportsto matrixmanager matrixmanagerid "
        "secondarymanager secondmanager secondarymanagerid functionalmanager additionalmanagers "
        "additionalmanager"
    ),
    "name": (
        "name fullname employeename displayname preferredname personname workername membername "
        "staffname legalname employee employeefullname empname worker displayname commonname cn nomcomplet "
        "nometprenom nomprenom vollername mitarbeiter mitarbeitername nombrecompleto nombreyapellidos "
        "apellidosynombre nombre empleado nomecompleto nomecognome cognomenome nome dipendente"
    ),
    "first_name": "firstname preferredfirstname givenname forename legalfirstname vorname prenom primernombre",
    "last_name": (
        "lastname preferredlastname surname familyname legallastname nachname familienname nom nomdefamille "
        "apellidos apellido primerapellido cognome"
    ),
    "email": (
        "workemail emailwork email emailaddress workemailaddress businessemail companyemail "
        "employeeemail primaryworkemail primaryemail emailprimarywork contactemail mail "
        "userprincipalname upn emailadresse dienstlicheemail courriel adressemail adresseemail "
        "correoelectronico correo postaelettronica indirizzoemail"
    ),
    "title": (
        "jobtitle businesstitle title positiontitle position roletitle role genericjobtitle "
        "designation job jobname jobprofile stelle stellenbezeichnung funktion poste intituleposte "
        "intituleduposte emploi fonction puesto cargo mansione ruolo qualifica posizione"
    ),
    "team": (
        "team teamname supervisoryorganization supervisoryorganisation subdepartment department "
        "departmentname dept functionalunit unit division businessunit costcenter costcentre group "
        "squad function organisationalunit organizationalunit orgunit organization organisation "
        "abteilung bereich equipe service departement direction equipo departamento area squadra reparto "
        "dipartimento"
    ),
    "family": (
        "jobfamily jobfamilyname jobfamilygroup jobfunction jobcategory jobdiscipline discipline profession "
        "occupationalgroup professionaloccupationalgroup berufsgruppe famillemetier familiapuesto"
    ),
    "pay": "salary annualsalary basesalary annualbasesalary pay basepay annualpay ftepay gehalt salaire salario retribuzione",
    "currency": "currency currencycode paycurrency salarycurrency wahrung waehrung devise moneda valuta",
    "level": (
        "managementlevel level joblevel careerlevel paygrade band payband grade gradeorequivalent seniority"
    ),
    "start": (
        "hiredate startdate datejoined joindate joiningdate dateofjoining originalhiredate "
        "latesthiredate dateofhire employmentstartdate continuousservicedate start hired joined "
        "dateofhiring eintrittsdatum eintritt einstellungsdatum "
        "datedembauche datedentree dateentree fechadeingreso fechaingreso fechadealta fechadecontratacion "
        "datadiassunzione dataassunzione"
    ),
    "end": (
        "terminationdate dateoftermination termdate leavedate leavingdate dateofleaving dateleft separationdate exitdate "
        "lastworkingday lastdayofwork lastday employmentenddate enddate austrittsdatum austritt"
    ),
    "effective": "effectivedate effdt effectivefrom effectivestartdate validfrom rowstartdate",
    "snapshot": "snapshot snapshotdate asof asofdate dataasof reportdate reportingdate extractdate snapshotmonth reportmonth",
    "tenure": "tenureyears tenureinyears tenure yearsofservice lengthofservice serviceyears",
    "status": (
        "status employmentstatus employeestatus workerstatus positionstatus poststatus jobstatus "
        "active isactive activestatus"
    ),
    "fte": "fte ftes fulltimeequivalent ftepercent ftepercentage ftepct ftestatus workingtime",
    "people": (
        "numberofpostsinfte numberofposts posts headcount numberofpeople numberofemployees peoplecount"
    ),
}
ALIASES: dict[str, tuple[str, ...]] = {name: tuple(words.split()) for name, words in _ALIAS_WORDS.items()}
FIELDS = tuple(ALIASES)
_CHAIN = re.compile(
    r"^(?:(?:management|manager|supervisory|reporting)chain(?:level)?"
    r"|(?:manager|supervisor|leader)(?:level|lvl|l)"
    r"|(?:level|lvl|l|tier)(?=[0-9]{1,2}(?:manager|supervisor|leader|mgr)))"
    r"0*([0-9]{1,2})(?:manager|supervisor|leader|mgr)?(?:name|id|email)?$"
)
_MANAGER = re.compile(  # manager columns that are composed in other ways than those listed
    r"^(direct|line|reporting|immediate|current|people)?(manager|supervisor|mgr|reportsto|reportingto|parentemployee|parentperson"
    r"|parentworker)s?"
    r"(current|primary|employee|emp|person|worker|user|staff|work|position|post|unique)*"
    r"(id|eid|number|no|nr|code|key|ref|reference|email|emailaddress|mail|name|fullname|displayname"
    r"|upn|userprincipalname|principalname|samaccountname|dn|distinguishedname|login)$"
)
_OUTLINE = re.compile(r"^(?:level|lvl|tier|ebene|niveau|nivel|livello)0*([0-9]{1,2})$")
_OF_MANAGER = re.compile(  # 'Manager First Name', 'Prénom du responsable'
    r"^(line|direct|reporting)?(managers?|supervisors?|mgr|vorgesetzte[rn]?)"
    r"|(du|del|des|der)?(manager|responsable|jefe|responsabile|vorgesetzte[rn]?)$"
)
_FIRST_NAME_ALONE = ("nombre", "nome")  # a first name beside a column of family names, else the whole name
_FIELD_OF = {alias: field for field, aliases in ALIASES.items() for alias in aliases}


@dataclass(frozen=True)
class Columns:
    """Column numbers by field, best first; `chain` = Management_Chain columns in order of their number."""

    header: tuple[str, ...]
    found: Mapping[str, tuple[int, ...]]
    chain: tuple[int, ...]

    def all(self, field: str) -> tuple[int, ...]:
        """Column numbers of a field, best first."""
        return self.found.get(field, ())

    def best(self, field: str) -> int | None:
        """The first column of a field, or None."""
        return self.all(field)[0] if self.all(field) else None

    def describe(self) -> list[str]:
        """Lines 'field = column', columns of the same meaning after it, then the columns that are not used."""
        lines = []
        for field in FIELDS:
            names = [f"'{self.header[k]}'" for k in self.all(field)]
            if names:
                lines.append(
                    f"{field} = {names[0]}" + (f" (then {', '.join(names[1:])})" if names[1:] else "")
                )
        if self.chain:
            lines.append(f"management chain = {len(self.chain)} columns")
        used = {k for columns in self.found.values() for k in columns} | set(self.chain)
        unused = [f"'{name}'" for k, name in enumerate(self.header) if k not in used and name]
        if unused:
            lines.append("not used: " + ", ".join(unused))
        return lines


def _field_of(name: str) -> str | None:
    """Field of a column name; a unit or remark in brackets is ignored if the whole is unknown."""
    for form in _forms(name):
        if form in _FIELD_OF:
            return _FIELD_OF[form]
        if _MANAGER.match(form):
            return "manager"
    return "pay" if is_pay_header(name) else None


def outline_columns(header: Sequence[str]) -> list[int]:
    """Columns 'Level 1', 'Level 2', ... from above, in which people may be written by indentation."""
    found = [(int(m.group(1)), k) for k, name in enumerate(header) if (m := _OUTLINE.match(plain(name)))]
    return [k for _, k in sorted(found)]


def manager_name_columns(header: Sequence[str]) -> tuple[int, int] | None:
    """Columns of the manager's first and family name where they are two, else None."""
    parts: dict[str | None, int] = {}
    for k, name in enumerate(header):
        form = plain(name)
        if _OF_MANAGER.search(form):
            part = _field_of(_OF_MANAGER.sub("", form))
            parts.setdefault(part, k)
    if "first_name" in parts and "last_name" in parts:
        return parts["first_name"], parts["last_name"]
    return None


def _forms(name: str) -> tuple[str, ...]:
    return tuple(
        plain(form.replace("%", " percent ")) for form in (name, re.sub(r"[(\[].*?[)\]]", " ", name))
    )


def _rank(field: str, name: str) -> int:
    for form in _forms(name):
        if form in ALIASES[field]:
            return ALIASES[field].index(form)
    return len(ALIASES[field])


def _best_first(field: str, header: Sequence[str], columns: list[int]) -> tuple[int, ...]:
    """The columns of a field: the most telling name first, then from the left."""
    return tuple(sorted(columns, key=lambda k: (_rank(field, header[k]), k)))


def recognise(header: Sequence[str], column_map: Mapping[str, str], place: str) -> Columns:
    """Columns of a header line. column_map (field -> column name) overrides what is recognised.

    place: file and row for messages. Raises UserError for an unknown field or column of the map.
    """
    mapped = {field: _mapped_column(header, field, name, place) for field, name in column_map.items()}
    taken = set(mapped.values())
    found: dict[str, list[int]] = {}
    chain: list[tuple[int, int]] = []
    for k, name in enumerate(header):
        link = _CHAIN.match(plain(name))
        field = _field_of(name)
        if k in taken:
            continue
        if link:
            chain.append((int(link.group(1)), k))
        elif field is not None and field not in mapped:
            found.setdefault(field, []).append(k)
    if "last_name" in found and "first_name" not in found and "first_name" not in mapped:
        given = [k for k in found.get("name", []) if plain(header[k]) in _FIRST_NAME_ALONE]
        found["name"] = [k for k in found.get("name", []) if k not in given]
        found["first_name"] = given
        found = {field: columns for field, columns in found.items() if columns}
    ordered = {field: _best_first(field, header, columns) for field, columns in found.items()}
    ordered |= {field: (k,) for field, k in mapped.items()}
    # A manager column that the user chose is the only source, so the chain is not consulted.
    links = () if "manager" in mapped else tuple(k for _, k in sorted(chain))
    return Columns(tuple(header), ordered, links)


def check_map(column_map: Mapping[str, str]) -> None:
    """Raise UserError for a field of `--map` that does not exist."""
    for field in column_map:
        if field not in ALIASES:
            raise UserError(
                f"--map {field}={column_map[field]}: there is no field '{field}'{suggest(field, FIELDS) or '.'} "
                f"Fields: {', '.join(FIELDS)}"
            )


def _mapped_column(header: Sequence[str], field: str, name: str, place: str) -> int:
    for same in (str.strip, plain):
        matches = [k for k, column in enumerate(header) if same(column) == same(name) and same(name)]
        if matches:
            return matches[0]
    known = [column for column in header if column]
    hint = "" if _holds_data(known) else suggest(name, known)
    raise UserError(
        f"{place}: --map {field}={name}: there is no column '{name}'{hint or '.'} {_listed(known)}"
    )


def _holds_data(header: Sequence[str]) -> bool:
    """Whether the first line seems to hold a person instead of column names: a number, a date or an e-mail."""
    return any("@" in cell or cell.strip("+-./: 0123456789") == "" for cell in header)


def _listed(header: Sequence[str]) -> str:
    """The columns in words. A line that holds a person is not shown."""
    if _holds_data(header):
        return "The row holds numbers or e-mails, not column names: put a first row above it that names the columns"
    return f"Columns: {', '.join(header) or 'none'}"


class NoRosterError(UserError):
    """A table that says neither who somebody is nor who the manager is. The message lists its columns."""


def check_columns(columns: Columns, place: str) -> None:
    """Raise UserError unless the columns tell who somebody is and who the manager is."""
    who = [columns.best(field) for field in ("id", "email", "name", "last_name", "people")]
    reports_to = columns.best("manager") is not None or bool(columns.chain)
    if any(k is not None for k in who) and reports_to:
        return
    missing = []
    if all(k is None for k in who):
        missing.append("a person's id")
    if not reports_to:
        missing.append("the manager")
    names = [name for name in columns.header if name]
    ties = ""
    if len(names) == 2 and not _holds_data(names):
        ties = " A list of ties between people is not a roster, which has one row per person."
    example = " ".join(
        f"--map {f}=COLUMN" for f, m in (("id", "a person's id"), ("manager", "the manager")) if m in missing
    )
    advice = f"{ties} Name the column with {example}" if not _holds_data(names) else ""
    kind = NoRosterError if len(missing) > 1 else UserError
    raise kind(f"{place}: no column for {' and '.join(missing)} is recognised. {_listed(names)}.{advice}")


def header_score(cells: Sequence[str], column_map: Mapping[str, str]) -> tuple[int, int, int]:
    """How much a line looks like a header: (who and manager found, fields recognised, filled cells)."""
    fields = {_field_of(name) for name in cells} - {None}
    plain_cells = {plain(name) for name in cells}
    fields |= {field for field, name in column_map.items() if plain(name) in plain_cells}
    chain = any(_CHAIN.match(name) for name in plain_cells)
    if len(outline_columns(cells)) > 1:
        fields |= {"name", "manager"}
    if manager_name_columns(cells):
        fields |= {"manager"}
    who = bool(fields & {"id", "email", "name", "last_name", "people"})
    manager = chain or "manager" in fields
    return int(who) + int(manager), len(fields) + int(chain), sum(bool(name.strip()) for name in cells)
