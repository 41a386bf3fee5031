// The code of web/: types that agree with the contract, no complaint of compiler or lint, its unit tests.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./city.mjs";

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

test("the lock files name no registry", () => {
	for (const file of ["web/package-lock.json", "tests/web/package-lock.json"]) assert.doesNotMatch(readFileSync(join(ROOT, file), "utf8"), /"resolved"/, file);
});
