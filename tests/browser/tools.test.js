// Filters, themes, copying, and life without scripts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser } from "./site.js";

const open = browser();
const shown = (page) => page.locator("tr[data-vendor]:visible").count();
// As the page has it: what the driver has heard of it comes later.
const address = (page) => page.evaluate(() => location.href);

test("filters narrow the list, and the address holds them", async () => {
  const { page, problems, close } = await open("en/");
  const all = await shown(page);
  await page.click('[data-facet="vendor"] a[data-value="huawei"]');
  const some = await shown(page);
  assert.ok(some > 0 && some < all);
  assert.match(await address(page), /\?vendor=huawei$/);
  await page.click('[data-facet="status"] a[data-value="403"]');
  await page.click('[data-facet="status"] a[data-value="429"]');
  assert.match(await address(page), /vendor=huawei&status=403,429$/);
  const few = await shown(page);
  assert.ok(few > 0 && few < some);
  assert.equal(await page.locator("tr[data-vendor=tencent]:visible").count(), 0);
  const count = await page.textContent('[data-facet="vendor"] a[data-value="huawei"] small');
  assert.equal(Number(count), few, "chips count what they would show");
  await page.reload();
  assert.equal(await shown(page), few, "the address brings it back");
  await page.goBack();
  assert.ok((await shown(page)) < few, "so does the way back");
  await page.fill(".narrow input", "throttling");
  assert.match(await address(page), /text=throttling/);
  await page.click(".narrow button");
  assert.equal(await shown(page), all);
  assert.deepEqual(problems, []);
  await close();
});

test("every facet can be filtered by", async () => {
  const { page, close } = await open("zh/");
  const all = await shown(page);
  for (const facet of ["vendor", "status", "branch", "plane", "origin", "fault", "retry", "edition", "raised"]) {
    const chips = page.locator(`[data-facet="${facet}"] a`);
    const chip = chips.first();
    const value = await chip.getAttribute("data-value");
    await page.goto(new URL(`?${facet}=${value}`, page.url()).href);
    const count = await shown(page);
    assert.ok(count > 0 && count < all, `${facet}=${value}: ${count}`);
    assert.equal(Number(await chip.locator("small").textContent()), count, facet);
  }
  await close();
});

test("the theme is the reader's, and stays", async () => {
  const { page, close } = await open("en/", { colorScheme: "light" });
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await paper();
  await page.click(".theme");
  await page.click(".theme");
  const dark = await paper();
  assert.notEqual(dark, light);
  await page.reload();
  assert.equal(await paper(), dark);
  await page.click(".theme");
  assert.equal(await paper(), light, "and back to the system's");
  await close();
});

test("without scripts one reads, navigates and filters", async () => {
  const { page, problems, close } = await open("en/", { javaScriptEnabled: false });
  assert.equal(await page.isVisible(".find"), false, "what needs a script is not there");
  assert.equal(await page.isVisible(".narrow"), false);
  await page.click("text=More filters");
  await page.click('[data-facet="fault"] a[data-value="platform"]');
  await page.waitForURL(/codes\/fault\/platform\//);
  await page.locator("table.codes td.e a").first().click();
  await page.locator("h2", { hasText: "What to do" }).waitFor();
  await page.click(".switch");
  await page.locator("h2", { hasText: "如何处理" }).waitFor();
  await page.click("text=解析");
  await page.locator("code", { hasText: "apigw-errors decode" }).waitFor();
  assert.deepEqual(problems, []);
  await close();
});

test("snippets can be copied", async () => {
  const { page, close } = await open("en/huawei/throttling-threshold-reached/", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.locator("#code .copy button").first().click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).includes("Error::ThrottlingThresholdReached"));
  await close();
});

test("a link to a check unfolds it", async () => {
  const { page, close } = await open("en/checks/#checks::rate");
  assert.equal(await page.evaluate(() => document.getElementById("checks::rate").open), true);
  await close();
});
