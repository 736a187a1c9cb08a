"""Signing out removes the user's data from the device.

Needs a browser: IndexedDB, caches and other tabs are the browser's.
"""

from playwright.async_api import expect

from .people import People

KEPT = """async () => {
  const request = indexedDB.open("parley");
  const database = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const all = [...database.objectStoreNames].map((name) => new Promise((resolve) => {
    const read = database.transaction(name).objectStore(name).getAll();
    read.onsuccess = () => resolve(JSON.stringify(read.result));
  }));
  const small = [localStorage, sessionStorage].map((storage) => JSON.stringify({ ...storage }));
  const kept = [...(await Promise.all(all)), ...small].join("");
  database.close();
  return kept;
}"""

END_ALL = """async () => {
  const answer = await (await fetch("/api/me/sessions")).json();
  for (const each of answer.sessions) await fetch(`/api/me/sessions/${each.id}`, { method: "DELETE" });
}"""


async def test_signing_out_removes_messages_and_name_from_the_device(people: People) -> None:
    eve = await people.member("eve")
    await eve.says("for us alone")
    await eve.sees("for us alone")
    await eve.picks("Your menu", "Sign out")
    await expect(eve.button("Come in")).to_be_visible()
    kept = await eve.page.evaluate(KEPT)
    assert "for us alone" not in kept
    assert "eve" not in kept


async def test_a_session_that_ends_elsewhere_removes_the_user_from_the_device(people: People) -> None:
    eve = await people.member("eve")
    await eve.says("for us alone")
    await eve.sees("for us alone")
    assert '"server":"Parley' in await eve.page.evaluate(KEPT)  # the signed-in user, stored for the next start
    await eve.page.evaluate(END_ALL)
    await expect(eve.button("Sign in")).to_be_visible()
    assert '"server":"Parley' not in await eve.page.evaluate(KEPT)
