// The workbench with an OpenID provider (glewlwyd): log in, bind, unbind, in a browser.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Provider } from "../http/glewlwyd.mjs";
import { axe, ROOT, startBrowser } from "./city.mjs";
import { DEMO_PASSWORD, openWork, settledWork, startDemo } from "./work.mjs";

const skip = spawnSync("glewlwyd", ["--version"]).error ? "there is no glewlwyd here: apt-get install glewlwyd" : false;
const SCREENS = join(ROOT, "build/screens"), HOME = "http://localhost:1", TITLE = "试验市统一认证";
let provider, city, browser;

before(async () => {
	if (skip) return;
	provider = await Provider.start();
	const issuer = await provider.issuer("city", "ecdsa");
	await provider.client("huiyin", `${HOME}/oidc`);
	for (const username of ["li", "wang"]) await provider.user(username);
	city = await startDemo((run) => {
		for (const [name, value] of [["oidc.issuer", issuer], ["oidc.client", "huiyin"], ["oidc.title", TITLE], ["city.address", HOME]]) run("setting", "set", "--quiet", name, value);
	});
	browser = await startBrowser();
	mkdirSync(SCREENS, { recursive: true });
});
after(async () => {
	await browser?.close();
	await city?.stop();
	await provider?.stop();
});

// Whatever the browser asks of the provider is answered as its own pages would, once USERNAME has logged in there.
const logsInThere = (page, username) =>
	page.route((url) => url.href.startsWith(provider.url), async (route) => {
		const back = await provider.visit(route.request().url(), username);
		await route.fulfill({ contentType: "text/html", body: `<meta http-equiv="refresh" content="0;url=${city.base}/oidc${back.search.replaceAll("&", "&amp;")}">` });
	});
const faults = (w) => w.complaints.filter((c) => !c.startsWith("leaves the server: " + provider.url) && !/status of 401/.test(c));

test("an identity is bound, logs in, and is unbound", { skip }, async () => {
	const w = await openWork(browser, city.base, { login: "desk", path: "/me" });
	await logsInThere(w.page, "li");
	await w.page.getByRole("heading", { name: TITLE }).waitFor();
	assert.deepEqual(await axe(w.page), []);
	await w.page.getByRole("button", { name: "绑定", exact: true }).click();
	await w.page.getByText("已绑定，可以用它登录").waitFor();
	assert.doesNotMatch(w.page.url(), /code=|state=/);
	await w.page.screenshot({ path: join(SCREENS, "work-oidc-me.png"), fullPage: true });

	const again = await openWork(browser, city.base, { path: "/matters" });
	await logsInThere(again.page, "li");
	await again.page.getByRole("button", { name: `用${TITLE}登录` }).click();
	await again.page.getByRole("heading", { name: "办件" }).waitFor(); // where one wanted to go
	assert.doesNotMatch(again.page.url(), /code=|state=/);
	assert.deepEqual(faults(again), []);
	await again.close();

	await w.show("/me");
	await w.page.getByRole("button", { name: "解除绑定" }).click();
	await w.page.getByText("还没有绑定").waitFor();
	assert.deepEqual(faults(w), []);
	await w.close();
});

test("who is bound to no account is told so, and an administrator binds them", { skip }, async () => {
	let sub = "";
	for (const size of ["desktop", "phone"]) {
		const w = await openWork(browser, city.base, { path: "/login", size });
		await logsInThere(w.page, "wang");
		await w.page.getByRole("button", { name: `用${TITLE}登录` }).waitFor();
		assert.deepEqual(await axe(w.page), []);
		await w.page.screenshot({ path: join(SCREENS, `work-oidc-login-${size}.png`) });
		await w.page.getByRole("button", { name: `用${TITLE}登录` }).click();
		await w.page.getByText("没有绑定这里任何可用的账号").waitFor();
		sub = await w.page.locator("code.sub").textContent();
		assert.deepEqual(await axe(w.page), []);
		await w.page.screenshot({ path: join(SCREENS, `work-oidc-unknown-${size}.png`) });
		await w.page.getByRole("link", { name: "回到登录" }).click();
		await w.page.getByRole("button", { name: "登录", exact: true }).waitFor();
		await w.close();
	}
	const w = await openWork(browser, city.base, { login: "sysadmin", path: "/accounts/1" });
	await settledWork(w.page);
	await w.page.getByLabel("在认证平台的标识（sub）").fill(sub);
	await w.page.screenshot({ path: join(SCREENS, "work-oidc-account.png"), fullPage: true });
	await w.page.getByRole("button", { name: "绑定", exact: true }).click();
	await w.page.getByText(sub).waitFor();
	await w.page.getByRole("button", { name: "解除绑定" }).click();
	await w.page.getByText("没有绑定。").waitFor();
	assert.deepEqual(faults(w), []);
	await w.close();
});

test("a provider that stops half-way leaves the way back", { skip }, async () => {
	const w = await openWork(browser, city.base, { path: "/login" });
	await w.page.goto(city.base + "/oidc?error=access_denied&state=x");
	await w.page.getByText("认证平台没有完成登录").waitFor();
	await w.page.getByRole("link", { name: "回到登录" }).click();
	await w.page.getByLabel("密码", { exact: true }).fill(DEMO_PASSWORD);
	assert.deepEqual(faults(w), []);
	await w.close();
});
