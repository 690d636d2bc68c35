"""Buys through a client that was generated from openapi.json, so that the document and the wire are proven to say the same.

usage: buy.py SHOP SANDBOX, with the folder of the generated package `liandian_client` in PYTHONPATH.
"""

import sys
import time

import httpx
from liandian_client import AuthenticatedClient, Client
from liandian_client.api.orders import (
    cart_read,
    cart_write,
    order_cancel,
    order_list,
    order_place,
    order_read,
    payment_check,
    payment_start,
    pickup_verify,
    quote,
    store_order_ready,
    store_orders,
)
from liandian_client.api.shop import listing_product, listings, session_create, store_home, stores_find
from liandian_client.api.staff import staff_login
from liandian_client.models import (
    CancelOrder,
    CartLine,
    Code,
    DeviceCart,
    Fulfilment,
    LoginRequest,
    OrderState,
    PlaceOrder,
    Problem,
    QuoteRequest,
    StaffLogin,
    VerifyPickup,
)
from liandian_client.types import UNSET

SHOP, SANDBOX = sys.argv[1:]


def sandbox(what, body):
    """What a person does on the sandbox partners' pages."""
    # The stack's ports are open before the demo chain is written: the first answer waits for it.
    answer = httpx.post(f"{SANDBOX}/sandbox/{what}", json=body, timeout=60)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def good(call, *path, **rest):
    """A success, with the status and the type that the document promises."""
    answer = call.sync_detailed(*path, **rest)
    assert answer.status_code < 300 and not isinstance(answer.parsed, Problem), (call.__name__, answer.status_code, answer.content)
    return answer.parsed


def refused(call, *path, **rest):
    """A refusal as the document tells it."""
    answer = call.sync_detailed(*path, **rest)
    assert isinstance(answer.parsed, Problem) and answer.parsed.status == answer.status_code, (call.__name__, answer.content)
    return answer.parsed


def until(look, fits):
    """Looks until it is so, ten seconds at most."""
    for _ in range(100):
        seen = look()
        if fits(seen):
            return seen
        time.sleep(0.1)
    raise AssertionError(seen)


def walk(call, *path, **rest):
    """Pages of a list, one after the other, each where the last one ended."""
    cursor = UNSET
    while cursor is UNSET or cursor:
        page = good(call, *path, cursor=cursor, **rest)
        yield page
        cursor = page.next_ or None


anybody = Client(base_url=SHOP)
login = good(session_create, client=anybody, body=LoginRequest(code=sandbox("code", {"openid": "demo-02"})["code"]))
member = AuthenticatedClient(base_url=SHOP, token=login.token)

# Find a store, and goods.
near = good(stores_find, client=anybody, lat=31.2304, lng=121.4737).stores
store = next(s for s in near if s.pickup and not s.paused).store
assert good(store_home, store, client=anybody).store.store == store
goods = [item for page in walk(listings, store, client=anybody) for item in page.items]
assert len({item.sku for item in goods}) == len(goods) > 20
sku = next(item for item in goods if item.available >= 10).sku
assert sku in [s.sku for s in good(listing_product, store, sku, client=anybody).skus]

# The cart, its price, the order; the same key gives the same order, and none for another total.
lines = [CartLine(sku=sku, quantity=2)]
assert lines[0] in good(cart_write, store, client=member, body=DeviceCart(lines=lines)).lines
assert lines[0] in good(cart_read, store, client=member).lines
priced = good(quote, client=member, body=QuoteRequest(store=store, lines=lines, fulfilment=Fulfilment.PICKUP))
assert not priced.short and priced.total == priced.goods + priced.delivery_fee == sum(line.total for line in priced.lines)
ask = PlaceOrder(
    store=store,
    lines=lines,
    fulfilment=Fulfilment.PICKUP,
    expect_total=priced.total,
    expect_prices=[line.price for line in priced.lines],
    promised=priced.ready_by,
    again=True,
)
key = f"generated-{time.time_ns()}"
placed = good(order_place, client=member, body=ask, idempotency_key=key)
assert good(order_place, client=member, body=ask, idempotency_key=key) == placed
assert placed.total == priced.total
ask.expect_total += 1
assert refused(order_place, client=member, body=ask, idempotency_key=key).code == Code.IDEMPOTENCY_MISMATCH
assert refused(order_place, client=member, body=ask, idempotency_key=key + "-b").code == Code.PRICE_CHANGED

# Who has logged in nowhere sees nothing of it. (The first client keeps the cookie of its login.)
assert refused(order_read, placed.order, client=Client(base_url=SHOP)).code == Code.UNAUTHENTICATED

# Pay at the provider; the order goes on.
payment = good(payment_start, placed.order, client=member)
sandbox("pay", {"prepay_id": payment.prepay_id})
assert good(payment_check, placed.order, client=member).paid
order = until(lambda: good(order_read, placed.order, client=member), lambda o: o.card.state == OrderState.PREPARING)
assert order.card.total == placed.total and [(o.sku, o.quantity) for o in order.lines] == [(sku, 2)]

# The store hands it over.
clerk = good(staff_login, client=anybody, body=StaffLogin(username=f"{store[4:]}-clerk", password="liandian-demo"))
clerk = AuthenticatedClient(base_url=SHOP, token=clerk.access_token)
until(
    lambda: [o.order for page in walk(store_orders, store, client=clerk, state="preparing") for o in page.orders],
    lambda orders: placed.order in orders,
)
assert good(store_order_ready, store, placed.order, client=clerk).card.state == OrderState.READY
code = good(order_read, placed.order, client=member).pickup_code
assert good(pickup_verify, store, client=clerk, body=VerifyPickup(code=code)).card.state == OrderState.COMPLETED

# Another one is called off before it is paid, and one after: who has not said that the money may go back is asked.
ask.expect_total = priced.total
other = good(order_place, client=member, body=ask, idempotency_key=key + "-c").order
assert good(order_cancel, other, client=member, body=CancelOrder()).card.state == OrderState.CLOSED
assert refused(payment_start, other, client=member).code == Code.CONFLICT
paid = good(order_place, client=member, body=ask, idempotency_key=key + "-d").order
sandbox("pay", {"prepay_id": good(payment_start, paid, client=member).prepay_id})
until(lambda: good(order_read, paid, client=member), lambda o: o.card.state == OrderState.PREPARING)
assert refused(order_cancel, paid, client=member, body=CancelOrder()).code == Code.ASK_FIRST
assert good(order_cancel, paid, client=member, body=CancelOrder(sure=True)).card.state in (OrderState.REFUNDING, OrderState.REFUNDED)
until(lambda: good(order_read, paid, client=member), lambda o: o.card.state == OrderState.REFUNDED)
until(
    lambda: {o.order for page in walk(order_list, client=member) for o in page.orders},
    lambda orders: {placed.order, other} <= orders,
)
print(f"a generated client bought {placed.order} in {store} and called off {other}")
