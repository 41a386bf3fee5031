// The code of web/: types that agree with the contract, no complaint of compiler or lint, its unit tests.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./city.mjs";
import { LANGS, named, PICTURES } from "./manual.mjs";
import { PAGES } from "./pages.mjs";

const WEB = join(ROOT, "web");

function tool(name, ...args) {
	const done = spawnSync(join(WEB, "node_modules/.bin", name), args, { cwd: WEB, encoding: "utf8", env: { ...process.env, CI: "1", NO_COLOR: "1" } });
	assert.equal(done.status, 0, `${name} ${args.join(" ")}\n${done.error || ""}${done.stdout}${done.stderr}`.slice(-8000));
	return done.stdout;
}

test("the types are those of api/openapi.yaml", () => {
	const dir = mkdtempSync(join(tmpdir(), "huiyin-types-")), made = join(dir, "schema.d.ts");
	try {
		tool("openapi-typescript", "../api/openapi.yaml", "-o", made);
		assert.ok(readFileSync(made, "utf8") === readFileSync(join(WEB, "src/shared/schema.d.ts"), "utf8"), "web/src/shared/schema.d.ts is old; make it anew: cd web && npm run types");
	} finally {
		rmSync(dir, { recursive: true });
	}
});

test("the compiler finds nothing", () => void tool("vue-tsc", "--noEmit"));
test("lint finds nothing: no raw text, no missing or unused translation", () => void tool("eslint", "."));
test("unit tests pass", () => void tool("vitest", "run", "--passWithNoTests"));

test("the manual's pictures are those that the tests take, in both languages, and small", () => {
	const tests = readdirSync(join(ROOT, "tests/web")).filter((f) => f.endsWith(".test.mjs")).map((f) => readFileSync(join(ROOT, "tests/web", f), "utf8")).join("\n");
	const portal = [.../const PAGES = \{([^}]*)\}/.exec(tests)[1].matchAll(/(\w+): "/g)].map((m) => "portal-" + m[1]);
	const taken = new Set([...PAGES.map(([name]) => "work-" + name), ...portal, ...[...tests.matchAll(/manual\([\w.]+, "([\w-]+)"/g)].map((m) => m[1])]);
	const wanted = [...named()].sort();
	assert.ok(wanted.length > 20);
	assert.deepEqual(wanted.filter((name) => !taken.has(name)), [], "no test takes these");
	const there = readdirSync(PICTURES).sort();
	assert.deepEqual(there, wanted.flatMap((name) => LANGS.map((lang) => `${name}.${lang}.webp`)).sort(), "HY_MANUAL=1 ./test web makes them");
	for (const lang of LANGS) for (const name of wanted) assert.ok([...readdirSync(join(ROOT, "docs/manual"))].filter((f) => f.endsWith(".md")).some((f) => readFileSync(join(ROOT, "docs/manual", f), "utf8").includes(`(pictures/${name}.${lang}.webp)`)), `${name} in ${lang}`);
	const bytes = there.reduce((sum, f) => sum + statSync(join(PICTURES, f)).size, 0);
	assert.ok(bytes < 4 << 20, `${bytes} bytes`);
});

test("fields are called the same in the workbench and in sentences about institutions", () => {
	const rows = [...readFileSync(join(ROOT, "src/pack/field.h"), "utf8").matchAll(/X\(\w+,\s*"(\w+)"[^()]*\(([^()]*)\)/g)];
	assert.ok(rows.length > 20);
	["zh-CN", "zh-Hant", "en"].forEach((lang, i) => {
		const words = JSON.parse(readFileSync(join(WEB, `src/work/locales/${lang}.json`), "utf8"));
		for (const [, name, titles] of rows) assert.equal([...titles.matchAll(/"([^"]*)"/g)][i][1], words[name === "lines" ? "problem_lines" : "field_" + name], name);
	});
});

test("the lock files name no registry", () => {
	for (const file of ["web/package-lock.json", "tests/web/package-lock.json"]) assert.doesNotMatch(readFileSync(join(ROOT, file), "utf8"), /"resolved"/, file);
});
