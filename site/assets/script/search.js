// Search over the whole catalog: codes, names, messages with real values, words of both languages.
(function () {
  "use strict";

  const { reading } = globalThis.apigw;
  const HAN = /\p{Script=Han}/u;

  /** Letters and digits in lower case, `CamelCase` and `snake_case` taken apart; Chinese in pairs of characters. */
  function terms(text) {
    const found = [];
    const apart = text.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
    for (const [run] of apart.matchAll(/[\p{Script=Han}]+|[a-z0-9]+/gu)) {
      if (!HAN.test(run)) found.push(run);
      else if (run.length === 1) found.push(run);
      else for (let at = 0; at + 1 < run.length; at += 1) found.push(run.slice(at, at + 2));
    }
    return found;
  }

  /** What is left of a code when dots, dashes and leading zeros do not count. */
  const bare = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim().replace(/(^| )0+(?=\d)/g, "$1").replace(/ /g, "");

  /** How much each place counts. */
  const WEIGHT = { name: 6, message: 4, title: 3, about: 1 };

  function build() {
    const { vendors, conditions } = globalThis.apigw.catalog();
    const entries = [];
    const index = new Map();
    const add = (entry, text, weight) => {
      const at = entries.length - 1;
      for (const term of terms(text)) {
        let posting = index.get(term);
        if (!posting) index.set(term, (posting = new Map()));
        posting.set(at, Math.max(posting.get(at) || 0, weight));
      }
    };
    const bothWays = (text) => `${text.en} ${text.zh}`;
    for (const vendor of vendors) {
      for (const code of vendor.codes) {
        const texts = new Set([code.text, ...code.editions.map((row) => row.text), ...code.variants.map((v) => v.text)]);
        const names = [...texts].filter(Boolean);
        const entry = {
          code,
          bare: [...names, code.id, code.slug].map(bare),
          path: `/${vendor.id}/${code.slug}/`,
          hit: {
            path: `/${vendor.id}/${code.slug}/`,
            name: code.text || (code.status && String(code.status)) || code.id,
            message: code.message.pieces,
            about: {
              en: `${vendor.name.en} · ${code.condition.title.en}`,
              zh: `${vendor.name.zh} · ${code.condition.title.zh}`,
            },
          },
        };
        entries.push(entry);
        add(entry, `${names.join(" ")} ${code.id} ${vendor.id} ${bothWays(vendor.name)} ${code.status || ""}`, WEIGHT.name);
        for (const { message } of [code, ...code.editions, ...code.variants]) add(entry, message.source, WEIGHT.message);
        add(entry, `${code.condition.id} ${bothWays(code.condition.title)}`, WEIGHT.title);
        add(entry, bothWays(code.about), WEIGHT.about);
      }
    }
    for (const condition of conditions) {
      const path = `/conditions/${condition.id}/`;
      const entry = { bare: [bare(condition.id)], path, hit: { path, title: condition.title, about: { en: condition.id, zh: condition.id } } };
      entries.push(entry);
      add(entry, `${condition.id} ${bothWays(condition.title)}`, WEIGHT.title);
    }
    const statuses = new Set(vendors.flatMap((vendor) => vendor.codes.flatMap((code) => [code.status, ...code.editions.map((row) => row.status)])));
    for (const status of [...statuses].filter(Boolean).sort((a, b) => a - b)) {
      const path = `/status/${status}/`;
      entries.push({ bare: [], status, path, hit: { path, name: String(status), title: { en: "Status code", zh: "状态码" } } });
    }
    return { entries, index, words: [...index.keys()] };
  }

  /** Whether two words differ by at most `most` letters put in, left out, changed or swapped. */
  function near(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let before = null;
    let row = Array.from({ length: b.length + 1 }, (_, at) => at);
    for (let i = 1; i <= a.length; i += 1) {
      const next = [i];
      for (let j = 1; j <= b.length; j += 1) {
        let best = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (before && i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2] + 1);
        next.push(best);
      }
      if (Math.min(...next) > most) return most + 1;
      before = row;
      row = next;
    }
    return row[b.length];
  }

  /** The words of the index that a word may mean, each with how well it does. */
  function meanings({ index, words }, word) {
    const found = [];
    if (index.has(word)) found.push([word, 1]);
    if (word.length >= 2 && !HAN.test(word)) {
      for (const known of words) {
        if (known !== word && known.startsWith(word)) found.push([known, 0.7]);
      }
    }
    const most = word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0;
    if (!found.length && most && !HAN.test(word)) {
      for (const known of words) {
        const distance = near(word, known, most);
        if (distance <= most) found.push([known, 0.5 / distance]);
      }
    }
    return found;
  }

  let built = null;

  /** What a text may be about, best first. */
  function search(text, lang, limit) {
    built ??= build();
    const { entries, index } = built;
    const scores = new Map();
    const raise = (at, score) => scores.set(at, (scores.get(at) || 0) + score);

    // A message with real values in it; a code in front of it or a body around it do not matter.
    const known = new Map(entries.map((entry, at) => [entry.code, at]));
    const whole = [text, ...[...text.matchAll(/"((?:[^"\\]|\\.){8,})"/g)].map((match) => match[1].replace(/\\(.)/g, "$1"))];
    for (const one of whole) {
      for (const vendor of globalThis.apigw.catalog().vendors) {
        const read = reading.readMessage(vendor, one).filter(({ wording }) => wording.message.literal > 4);
        read.forEach(({ code }, rank) => raise(known.get(code), 1000 - Math.min(rank, 50)));
      }
    }

    // A code, whole or in part: `APIG.0308`, `apig0308`, `308`, `NONCE_CONFLICT`.
    const wanted = bare(text);
    if (wanted.length > 1) {
      entries.forEach((entry, at) => {
        if (entry.status && String(entry.status) === text.trim()) raise(at, 900);
        for (const own of entry.bare) {
          if (own === wanted) raise(at, 800);
          else if (own.replace(/^[a-z]+0*/, "") === wanted && /^\d+$/.test(wanted)) raise(at, 700);
          else if (wanted.length > 3 && own.includes(wanted)) raise(at, 200 * (wanted.length / own.length));
          else if (wanted.length > 5 && near(own, wanted, 1) === 1) raise(at, 300);
        }
      });
    }

    // Words: each counts by how few entries have it, and entries that have all of them come first.
    const asked = [...new Set(terms(text.slice(0, 400)))];
    const matched = new Map();
    for (const word of asked) {
      const best = new Map();
      for (const [term, quality] of meanings(built, word)) {
        const posting = index.get(term);
        const rare = Math.log(1 + entries.length / posting.size);
        for (const [at, weight] of posting) best.set(at, Math.max(best.get(at) || 0, weight * quality * rare));
      }
      for (const [at, score] of best) {
        raise(at, score);
        matched.set(at, (matched.get(at) || 0) + 1);
      }
    }
    for (const [at, count] of matched) {
      const share = count / asked.length;
      scores.set(at, scores.get(at) * (scores.get(at) > 150 ? 1 : share * share));
    }
    return [...scores]
      .filter(([, score]) => score > 1)
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, limit)
      .map(([at]) => entries[at].hit);
  }

  globalThis.apigw.search = search;
})();
