// Every kind of page, in both languages and themes, on a phone and on a wide screen.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { KINDS, browser } from "./site.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const open = browser();

/** What axe finds. */
async function violations(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0].html} ${nodes[0].failureSummary}`);
}

for (const lang of ["en", "zh"]) {
  for (const colorScheme of ["light", "dark"]) {
    // On a phone under a strict policy; on a wide screen without, because axe is put into the page.
    for (const width of [360, 1440]) {
      test(`every kind of page, ${lang}, ${colorScheme}, ${width} px`, async () => {
        const { page, problems, close } = await open(`${lang}/`, { colorScheme, width, policy: width === 360 });
        const home = page.url();
        const wrong = [];
        for (const [kind, path] of Object.entries(KINDS)) {
          await page.goto(home + path);
          const tooWide = await page.evaluate(() => {
            document.querySelectorAll("details").forEach((one) => (one.open = true));
            return document.documentElement.scrollWidth - document.documentElement.clientWidth;
          });
          if (tooWide) wrong.push(`${kind}: scrolls sideways by ${tooWide}`);
          if (width === 1440) wrong.push(...(await violations(page)).map((one) => `${kind}: ${one}`));
        }
        assert.deepEqual([...wrong, ...problems], []);
        await close();
      });
    }
  }
}
