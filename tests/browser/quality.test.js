// What the other files do not look at: paper, motion, languages, a site below a path, one from an archive.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { ARCHIVE, BASED, FOLDER, KINDS, browser } from "./site.js";

const open = browser();
const CODE = "huawei/throttling-threshold-reached/";

test("nothing moves for those who want it so", async () => {
  for (const [reducedMotion, moves] of [["reduce", false], ["no-preference", true]]) {
    const { page, close } = await open(`en/${CODE}`, { reducedMotion });
    const found = await page.evaluate(() => {
      const durations = (one) => {
        const { transitionDuration, animationDuration } = getComputedStyle(one);
        return `${transitionDuration}, ${animationDuration}`.split(", ");
      };
      return [...document.querySelectorAll("*")].some((one) => durations(one).some((time) => parseFloat(time) > 0));
    });
    assert.equal(found, moves, reducedMotion);
    await close();
  }
});

test("paper gets the text, folded parts too, and no tools", async () => {
  const { page, close } = await open(`en/${CODE}`, { colorScheme: "dark" });
  await page.emulateMedia({ media: "print" });
  for (const hidden of [".top", ".neighbours", "footer nav"]) assert.equal(await page.isVisible(hidden), false, hidden);
  for (const shown of ["h1", "#what", "#remedy", "#reproduce pre", "#code pre"]) {
    assert.equal(await page.locator(shown).first().isVisible(), true, shown);
  }
  const ink = await page.evaluate(() => getComputedStyle(document.documentElement).color);
  assert.ok(ink.match(/\d+/g).every((part) => Number(part) < 100), `dark ink on white: ${ink}`);
  await close();
});

test("each page says its language, and leads to itself in the other", async () => {
  const { page, close } = await open("en/");
  const home = new URL("../", page.url());
  for (const [lang, tag, other] of [["en", "en", "zh"], ["zh", "zh-Hans", "en"]]) {
    for (const [kind, path] of Object.entries(KINDS)) {
      await page.goto(new URL(`${lang}/${path}`, home).href);
      const told = await page.evaluate(() => ({
        lang: document.documentElement.lang,
        alternates: [...document.querySelectorAll('link[rel="alternate"]')].map((one) => [one.hreflang, one.href]),
        way: document.querySelector(".switch").href,
        headings: document.querySelectorAll("h1").length,
      }));
      assert.equal(told.lang, tag, kind);
      assert.equal(told.headings, 1, `${kind}: one heading of the first level`);
      assert.deepEqual(told.alternates.map(([name]) => name).sort(), ["en", "x-default", "zh-Hans"], kind);
      for (const [, href] of [...told.alternates, ["", told.way]]) {
        const file = join(FOLDER, new URL(href).pathname);
        assert.ok(existsSync(file.endsWith("/") ? file + "index.html" : file), `${kind}: ${href}`);
      }
      assert.ok(new URL(told.way).pathname.startsWith(`/${other}/${path.split("?")[0]}`), `${kind}: ${told.way}`);
    }
  }
  await close();
});

test("below a path of its own, addresses for others are whole and the rest work there", async () => {
  const base = "https://example.org/deep/errors";
  const read = (path) => readFileSync(join(BASED, path), "utf8");
  for (const path of [`en/${CODE}index.html`, "zh/index.html", "en/conditions/auth/index.html"]) {
    const html = read(path);
    const [, canonical] = /<link rel="canonical" href="([^"]+)"/.exec(html);
    assert.equal(canonical, `${base}/${path.replace("index.html", "")}`);
    for (const name of ["type", "title", "description", "url", "locale", "site_name", "image", "image:alt"]) {
      assert.match(html, new RegExp(`<meta property="og:${name}" content="[^"]+"`), `${path}: og:${name}`);
    }
    const [, image] = /property="og:image" content="([^"]+)"/.exec(html);
    assert.ok(existsSync(join(BASED, image.slice(base.length))), image);
    assert.doesNotMatch(html, /(href|src|action)="\/(?!\/)/, `${path}: nothing is addressed from the root of the host`);
  }
  const places = [...read("sitemap.xml").matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, place]) => place);
  assert.ok(places.length > 1000);
  for (const place of places) {
    assert.ok(place.startsWith(`${base}/`) && existsSync(join(BASED, place.slice(base.length), "index.html")), place);
  }
  // A host shows this page at addresses of any depth.
  const links = [...read("404.html").matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, link]) => link);
  assert.ok(links.length > 5 && links.every((link) => link.startsWith(`${base}/`)), links.join(" "));
});

test("an archive is unpacked and read without a server", async () => {
  const folder = mkdtempSync(join(tmpdir(), "apigw-archive-"));
  execFileSync("tar", ["-xzf", ARCHIVE, "-C", folder]);
  const [top] = execFileSync("tar", ["-tzf", ARCHIVE], { maxBuffer: 1 << 24 }).toString().split("/");
  const root = existsSync(join(folder, "index.html")) ? folder : join(folder, top);
  const from = pathToFileURL(root).href + "/";
  const { page, problems, close } = await open("zh/index.html", { from });
  await page.locator("table.codes td.e a").first().click();
  await page.waitForSelector("#remedy");
  await page.click(".switch");
  await page.locator("h2", { hasText: "What to do" }).waitFor();
  assert.deepEqual(problems, []);
  await close();
  rmSync(folder, { recursive: true });
});
