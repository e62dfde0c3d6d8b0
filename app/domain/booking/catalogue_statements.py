"""The statements that a catalogue is read with: its rooms, everything that decides about them, and whose plans they ask for."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as sql_cast

from app.domain.booking.rate_facts import RATE, TERMS
from app.models import (
    Amenity,
    BookingRule,
    BookingRuleTarget,
    Closure,
    Contract,
    Location,
    OpeningHours,
    Plan,
    PlanDiscountType,
    PlanVersion,
    RateTarget,
    Resource,
    ResourceAmenity,
    ResourcePart,
    ResourcePlan,
    ResourceTeam,
    ResourceType,
    StoredFile,
    Team,
    TeamMember,
    Tenant,
)
from app.models.base import table_of
from app.models.plan import running_on
from app.tenancy import reviewed

# Tables, not classes: these statements run on the busiest page and name their tenant in every join by hand.
_AMENITY = table_of(Amenity)
_CLOSURE = table_of(Closure)
_CONTRACT = table_of(Contract)
_LOCATION = table_of(Location)
_HOURS = table_of(OpeningHours)
_PLAN = table_of(Plan)
_RESOURCE = table_of(Resource)
_HAS = table_of(ResourceAmenity)
_PART = table_of(ResourcePart)
_FOR_PLAN = table_of(ResourcePlan)
_FOR_TEAM = table_of(ResourceTeam)
_TYPE = table_of(ResourceType)
_FILE = table_of(StoredFile)
_VERSION = table_of(PlanVersion)
_OFF_TYPE = table_of(PlanDiscountType)
_TENANT = table_of(Tenant)
_RULE = table_of(BookingRule)
_TARGET = table_of(BookingRuleTarget)
_OF_RATE = table_of(RateTarget)
_TEAM = table_of(Team)
_SEAT = table_of(TeamMember)

_R = _RESOURCE.c
# Asked with tenant and location. A location without rooms is one row that has no room in it.
ROOMS = reviewed(
    select(
        _LOCATION.c.zone,
        _LOCATION.c.name.label("location_name"),
        _TENANT.c.currency,
        _R.id,
        _R.name,
        _R.description,
        _R.level,
        _R.position,
        _R.capacity,
        _R.units,
        _R.unit_names,
        _R.buffer_before,
        _R.buffer_after,
        _R.min_minutes,
        _R.max_minutes,
        _R.grid_minutes,
        _R.shifts,
        _R.notice_minutes,
        _R.horizon_days,
        _R.cooldown_minutes,
        _R.cooldown_any_minutes,
        _R.audience,
        _R.visibility,
        _R.for_plans_only,
        _R.for_teams_only,
        _R.needs_approval,
        _R.hourly_minor,
        _R.cap_minor,
        _R.resource_type_id,
        _TYPE.c.name.label("type_name"),
        _TYPE.c.picture_kind,
        _TYPE.c.hourly_minor.label("type_hourly"),
        _TYPE.c.cap_minor.label("type_cap"),
        _FILE.c.digest,
    )
    .select_from(
        _LOCATION.join(_TENANT, _TENANT.c.id == _LOCATION.c.tenant_id)
        .outerjoin(
            _RESOURCE,
            and_(
                _R.tenant_id == bindparam("tenant"), _R.location_id == _LOCATION.c.id, _R.retired_at.is_(None)
            ),
        )
        .outerjoin(_TYPE, and_(_TYPE.c.tenant_id == _R.tenant_id, _TYPE.c.id == _R.resource_type_id))
        .outerjoin(_FILE, and_(_FILE.c.tenant_id == _R.tenant_id, _FILE.c.id == _R.photo_id))
    )
    .where(
        _LOCATION.c.tenant_id == bindparam("tenant"),
        _LOCATION.c.id == bindparam("location"),
        _LOCATION.c.retired_at.is_(None),
    )
    .order_by(_R.position, _R.name, _R.id)
)


def _fact(
    kind: str,
    of: ColumnElement[Any],
    *,
    a: Any = 0,
    b: Any = 0,
    c: Any = 0,
    x: Any = "",
    y: Any = "",
    z: Any = "",
) -> Any:
    numbers = [literal(each, Integer) if isinstance(each, int) else each for each in (a, b, c)]
    texts = [literal(each, String) if isinstance(each, str) else each for each in (x, y, z)]
    return select(literal(kind, String), of, *numbers, *texts)


def _of_place(table: Table, resource_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The rows of one table whose resource stands in the asked location."""
    return and_(
        table.c.tenant_id == bindparam("tenant"),
        _R.tenant_id == table.c.tenant_id,
        _R.id == resource_id,
        _R.location_id == bindparam("location"),
    )


def _rates_of(kind: str, of: ColumnElement[Any]) -> Any:
    return _fact(
        kind, of, a=RATE.c.position, b=RATE.c.id, c=RATE.c.amount_minor, x=RATE.c.name, y=TERMS
    ).where(RATE.c.tenant_id == bindparam("tenant"), RATE.c.active)


_RUNNING = and_(
    _CONTRACT.c.tenant_id == bindparam("tenant"),
    _CONTRACT.c.person_id == bindparam("person"),
    running_on(bindparam("today"), _CONTRACT.c),
)
MY_PLANS = reviewed(select(_CONTRACT.c.plan_id).where(_RUNNING))
_OFF = _VERSION.c.booking_discount_hundredths
_DISCOUNTED = (
    _CONTRACT.join(
        _VERSION, and_(_VERSION.c.tenant_id == _CONTRACT.c.tenant_id, _VERSION.c.id == _CONTRACT.c.version_id)
    )
    .join(_PLAN, and_(_PLAN.c.tenant_id == _CONTRACT.c.tenant_id, _PLAN.c.id == _CONTRACT.c.plan_id))
    .outerjoin(
        _OFF_TYPE,
        and_(_OFF_TYPE.c.tenant_id == _VERSION.c.tenant_id, _OFF_TYPE.c.version_id == _VERSION.c.id),
    )
)
# Type of resource, or none for all of them; hundredths of a percent; and the plan's name
MY_DISCOUNTS = reviewed(
    select(_OFF_TYPE.c.resource_type_id, _OFF, _PLAN.c.name)
    .select_from(_DISCOUNTED)
    .where(_RUNNING, _OFF > 0)
)
_ON_PLAN = exists().where(_RUNNING, _CONTRACT.c.plan_id == _FOR_PLAN.c.plan_id)
_PART_OF = _RESOURCE.alias("part_resource")
_MY_SEATS = (
    select(_SEAT.c.team_id)
    .join(_TEAM, and_(_TEAM.c.tenant_id == _SEAT.c.tenant_id, _TEAM.c.id == _SEAT.c.team_id))
    .where(
        _SEAT.c.tenant_id == bindparam("tenant"),
        _SEAT.c.person_id == bindparam("person"),
        _TEAM.c.retired_at.is_(None),
    )
)
# Teams in use that the person is in
MY_TEAMS = reviewed(_MY_SEATS)
_RULES_HERE = and_(
    _RULE.c.tenant_id == bindparam("tenant"),
    _RULE.c.enabled,
    or_(_RULE.c.location_id.is_(None), _RULE.c.location_id == bindparam("location")),
)


def _named_by_rules(name: str, column: ColumnElement[Any], *, mine: Any = 0) -> Any:
    """What rules name one by one: of the rule, its id, and whether the person is of it."""
    return (
        _fact("named", _TARGET.c.rule_id, a=column, b=mine, x=name)
        .select_from(
            _TARGET.join(
                _RULE, and_(_RULE.c.tenant_id == _TARGET.c.tenant_id, _RULE.c.id == _TARGET.c.rule_id)
            )
        )
        .where(_TARGET.c.tenant_id == bindparam("tenant"), _RULES_HERE, column.is_not(None))
    )


def _named_by_rates(name: str, column: ColumnElement[Any], mine: ColumnElement[bool]) -> Any:
    """Plans or teams that rates in use name: of the rate, the id, and whether the person is of it."""
    return (
        _fact("named in rate", _OF_RATE.c.rate_id, a=column, b=case((mine, 1), else_=0), x=name)
        .select_from(
            _OF_RATE.join(
                RATE, and_(RATE.c.tenant_id == _OF_RATE.c.tenant_id, RATE.c.id == _OF_RATE.c.rate_id)
            )
        )
        .where(_OF_RATE.c.tenant_id == bindparam("tenant"), RATE.c.active, column.is_not(None))
    )


_ON_NAMED_PLAN = exists().where(_RUNNING, _CONTRACT.c.plan_id == _TARGET.c.plan_id)
_IN_ITS_TEAM = _FOR_TEAM.c.team_id.in_(_MY_SEATS)
_IN_NAMED_TEAM = _TARGET.c.team_id.in_(_MY_SEATS)

# One statement of many shapes instead of many: on a page of a few milliseconds each round trip counts. A row is a kind of
# fact, whose it is, three numbers and three texts; `catalogue_facts.Facts` knows what they mean for each kind.
FACTS = reviewed(
    union_all(
        _fact("hours", _HOURS.c.resource_id, a=_HOURS.c.weekday, b=_HOURS.c.opens, c=_HOURS.c.closes).where(
            _HOURS.c.tenant_id == bindparam("tenant"), _HOURS.c.location_id == bindparam("location")
        ),
        _fact(
            "closure",
            _CLOSURE.c.resource_id,
            a=case((_CLOSURE.c.yearly, 1), else_=0),
            x=sql_cast(_CLOSURE.c.first_day, String),
            y=sql_cast(_CLOSURE.c.last_day, String),
            z=_CLOSURE.c.message,
        ).where(
            _CLOSURE.c.tenant_id == bindparam("tenant"),
            _CLOSURE.c.location_id == bindparam("location"),
            or_(_CLOSURE.c.yearly, _CLOSURE.c.last_day >= bindparam("since")),
        ),
        _fact(
            "amenity",
            _HAS.c.resource_id,
            a=_AMENITY.c.id,
            b=_AMENITY.c.position,
            x=_AMENITY.c.name,
            y=_AMENITY.c.icon,
        ).where(
            _of_place(_HAS, _HAS.c.resource_id),
            _AMENITY.c.tenant_id == bindparam("tenant"),
            _AMENITY.c.id == _HAS.c.amenity_id,
        ),
        _fact("part", _PART.c.whole_id, a=_PART.c.part_id, b=_PART_OF.c.units).where(
            _of_place(_PART, _PART.c.whole_id),
            _PART_OF.c.tenant_id == bindparam("tenant"),
            _PART_OF.c.id == _PART.c.part_id,
        ),
        _fact(
            "plan", _FOR_PLAN.c.resource_id, a=_PLAN.c.id, b=case((_ON_PLAN, 1), else_=0), x=_PLAN.c.name
        ).where(
            _of_place(_FOR_PLAN, _FOR_PLAN.c.resource_id),
            _PLAN.c.tenant_id == bindparam("tenant"),
            _PLAN.c.id == _FOR_PLAN.c.plan_id,
        ),
        _fact(
            "team", _FOR_TEAM.c.resource_id, a=_FOR_TEAM.c.team_id, b=case((_IN_ITS_TEAM, 1), else_=0)
        ).where(_of_place(_FOR_TEAM, _FOR_TEAM.c.resource_id)),
        _rates_of("type rate", RATE.c.resource_type_id).where(RATE.c.resource_type_id.is_not(None)),
        _rates_of("rate", RATE.c.resource_id).where(_of_place(RATE, RATE.c.resource_id)),
        _fact("discount", _OFF_TYPE.c.resource_type_id, a=_OFF, x=_PLAN.c.name)
        .select_from(_DISCOUNTED)
        .where(_RUNNING, _OFF > 0),
        _fact("discounts", literal(None, Integer), a=func.count()).where(
            _VERSION.c.tenant_id == bindparam("tenant"), _OFF > 0
        ),
        _fact(
            "rule",
            _RULE.c.id,
            a=_RULE.c.position,
            b=case((_RULE.c.stop_here, 1), else_=0),
            c=_RULE.c.location_id,
            x=_RULE.c.name,
            y=_RULE.c.sentence,
            z=sql_cast(_RULE.c.terms, String),
        ).where(_RULES_HERE),
        _named_by_rules("room", func.coalesce(_TARGET.c.resource_type_id, _TARGET.c.resource_id)),
        _named_by_rules("plan", _TARGET.c.plan_id, mine=case((_ON_NAMED_PLAN, 1), else_=0)),
        _named_by_rules("team", _TARGET.c.team_id, mine=case((_IN_NAMED_TEAM, 1), else_=0)),
        _named_by_rules("person", _TARGET.c.person_id),
        _named_by_rates(
            "plan", _OF_RATE.c.plan_id, exists().where(_RUNNING, _CONTRACT.c.plan_id == _OF_RATE.c.plan_id)
        ),
        _named_by_rates("team", _OF_RATE.c.team_id, _OF_RATE.c.team_id.in_(_MY_SEATS)),
    )
)
