"""Whoever signs out leaves nothing of theirs on the device."""

from playwright.async_api import expect

from .stage import Stage

KEPT = """async () => {
  const request = indexedDB.open("parley");
  const database = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const all = [...database.objectStoreNames].map((name) => new Promise((resolve) => {
    const read = database.transaction(name).objectStore(name).getAll();
    read.onsuccess = () => resolve(JSON.stringify(read.result));
  }));
  const kept = (await Promise.all(all)).join("");
  database.close();
  return kept;
}"""


async def test_who_signs_out_leaves_nothing_on_the_device(stage: Stage) -> None:
    eve = await stage.member("eve")
    await eve.says("for us alone")
    await eve.sees("for us alone")
    await eve.picks("Your menu", "Sign out")
    await expect(eve.button("Come in")).to_be_visible()
    kept = await eve.page.evaluate(KEPT)
    assert "for us alone" not in kept
    assert "eve" not in kept
