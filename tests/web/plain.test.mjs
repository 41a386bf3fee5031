// The portal with JavaScript switched off: whole stories on a phone and at a desk, and each page in every dress.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { bearer } from "../logins.mjs";
import { axe, ROOT, SIZES, startBrowser, startCity } from "./city.mjs";

const SCREENS = join(ROOT, "build/screens");
const PHOTO = join(ROOT, "tests/fixtures/media/turned.jpg");
const LOCALE = { "zh-CN": "zh-CN", "zh-Hant": "zh-TW", en: "en-US" };
let city, browser;

before(async () => {
	mkdirSync(SCREENS, { recursive: true });
	city = await startCity("demo", "--matters", "300");
	browser = await startBrowser();
});
after(async () => {
	if (browser) await browser.close();
	if (city) await city.stop();
});

// A page that runs no script and remembers every address it asked for.
async function open({ size = "phone", lang = "zh-CN", javaScriptEnabled = false } = {}) {
	const context = await browser.newContext({ viewport: SIZES[size], hasTouch: size === "phone", locale: LOCALE[lang], javaScriptEnabled });
	const page = await context.newPage(), asked = [];
	page.on("request", (r) => asked.push(r.url()));
	page.on("console", (m) => /policy/i.test(m.text()) && asked.push("policy: " + m.text()));
	return { page, asked, close: () => context.close() };
}
// What the page looks like is looked at by a browser that runs scripts: those of axe alone.
async function look(page, name, size, lang = "zh-CN") {
	await page.screenshot({ path: join(SCREENS, `plain-${name}-${lang}-${size}.png`), fullPage: true });
	const html = (await page.content()).replace("<head>", `<head><base href="${city.base}/">`);
	const seen = await open({ size, lang, javaScriptEnabled: true });
	await seen.page.route(city.base + "/looked-at", (r) => r.fulfill({ contentType: "text/html; charset=utf-8", body: html }));
	await seen.page.goto(city.base + "/looked-at");
	assert.deepEqual(await axe(seen.page), [], name);
	assert.ok(await seen.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways`);
	const small = await seen.page.evaluate(() => [...document.querySelectorAll("main a.button, main button, .tabs a, .switches *, summary")].filter((e) => e.getBoundingClientRect().height && e.getBoundingClientRect().height < 24).map((e) => e.textContent));
	assert.deepEqual(small, [], `${name}: too small for a finger`);
	await seen.close();
}
const send = (page) => page.click('form#f button[type="submit"]');
async function answer(code, text) {
	const head = bearer(city.tokens.officer);
	const etag = (await fetch(`${city.base}/api/v1/matters/${code}`, { headers: head })).headers.get("etag");
	const done = await fetch(`${city.base}/api/v1/matters/${code}/moves`, { method: "POST", headers: { ...head, "content-type": "application/json", "if-match": etag }, body: JSON.stringify({ move: "reply", data: { text } }) });
	assert.equal(done.status, 200, await done.text());
}

for (const size of Object.keys(SIZES))
	test(`without scripts, ${size}: file, take away, follow, add, rate, ask again`, async () => {
		const { page, asked, close } = await open({ size });
		await page.goto(city.base + "/");
		await page.click('noscript a[href="/plain"]'); // the portal says where to go
		await look(page, "home", size);
		await page.click(".door.first");
		await look(page, "kinds", size);
		await page.click('.kinds a:has-text("求助")');
		await page.fill("textarea[name=body]", "嗯");
		await page.check("input[value=named]");
		await send(page);
		assert.match(await page.innerText("#w-body"), /至少四个字/);
		await look(page, "form-wrong", size);
		await page.fill("textarea[name=body]", "小区门口的路灯坏了半个月，晚上老人摔过跤。\n盼望早点修好。");
		await page.fill("input[name=place]", "人民路 12 号");
		await page.selectOption("select[name=class]", "urban_rural");
		await page.click(".switches button >> nth=0"); // large type: what was typed comes along
		assert.equal(await page.getAttribute("html", "data-big"), "");
		assert.match(await page.inputValue("textarea[name=body]"), /摔过跤。\n盼望/);
		assert.equal(await page.inputValue("select[name=class]"), "urban_rural");
		assert.ok(await page.isChecked("input[value=named]"));
		await look(page, "form-big", size);
		await page.click(".switches button >> nth=0");
		await page.check("input[value=anonymous]");
		// What of the same class is being handled is shown first, once.
		const alike = (await city.get(`/public/similar?kind=${await page.inputValue("form#f input[name=kind]")}&class=urban_rural`)).matters;
		assert.ok(alike.length > 0);
		await page.click('form#f .acts button[type="submit"]');
		assert.match(await page.innerText(".similar"), /还没有提交[\s\S]*提交于[\s\S]*别人写了什么/);
		assert.deepEqual(await page.locator(".similar li b").allInnerTexts(), alike.map((m) => m.unit_name || "还没有分派"));
		assert.match(await page.inputValue("textarea[name=body]"), /摔过跤。\n盼望/);
		await look(page, "similar", size);
		await page.click(".switches button:has-text('English')");
		assert.match(await page.innerText(".similar"), /Not sent yet/);
		await page.click(".switches button:has-text('简体')");
		await page.dblclick('.similar button[type="submit"]'); // twice is once
		await page.waitForSelector(".key");
		const [code, secret] = await page.locator(".key").allInnerTexts();
		assert.match(code, /^[A-Z]+-\d{4}-\d{6}$/);
		const seen = await (await fetch(`${city.base}/api/v1/lookup`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code, secret }) })).json();
		assert.equal(await page.getAttribute(".due-big time", "datetime"), seen.clocks.find((c) => c.main).due_at);
		await page.click("text=为什么是这一天？");
		assert.ok(await page.isVisible(".day.due"));
		await look(page, "filed", size);
		const [card] = await Promise.all([page.waitForEvent("download"), page.click("text=存下这张卡")]);
		assert.ok(readFileSync(await card.path(), "utf8").includes(secret));
		const [receipt] = await Promise.all([page.waitForEvent("download"), page.click("text=下载回执")]);
		assert.match(readFileSync(await receipt.path(), "utf8"), /^c2sp.org\/tlog-proof@v1/);
		await page.setInputFiles("input[type=file]", PHOTO);
		await page.click("text=上传");
		await page.waitForSelector("text=收到了 1 个文件");
		assert.deepEqual(await page.locator(".key").allInnerTexts(), [code, secret], "still there");

		await page.click(".tabs a:has-text('查询进度')");
		await page.fill("input[name=code]", code);
		await page.fill("input[name=secret]", "0000000000000000");
		await page.click("main button");
		assert.match(await page.innerText(".wrong"), /编号和查询码对不上/);
		assert.equal(await page.inputValue("input[name=code]"), code);
		await look(page, "follow-wrong", size);
		await page.fill("input[name=secret]", secret);
		await page.click("main button");
		assert.match(await page.innerText("h1"), /小区门口的路灯坏了半个月/);
		await page.click('summary:has-text("补充情况")');
		await page.fill("#do-add textarea", "今晚又有人摔倒。");
		await page.click("#do-add button");
		assert.match(await page.innerText("[role=status]"), /补充好了/);
		await page.reload(); // sends the same again: once is enough
		assert.equal(await page.locator('.timeline li:has-text("您补充了")').count(), 1);
		await page.click(".switches button:has-text('English')");
		assert.match(await page.innerText(".stand"), /days left|received/i);
		await page.click(".switches button:has-text('简体')");
		await look(page, "own", size);

		await answer(code, "路灯已于今日修复，谢谢反映。");
		await page.click(".tabs a:has-text('查询进度')");
		await page.fill("input[name=code]", code);
		await page.fill("input[name=secret]", secret);
		await page.click("main button");
		assert.match(await page.innerText(".reply"), /路灯已于今日修复/);
		await page.click('summary:has-text("评一评")');
		await page.click("#do-rate button");
		assert.match(await page.innerText("#w-level"), /要填/);
		await page.check('#do-rate input[value="2"]', { force: true });
		await page.check('#do-rate .chip:has-text("敷衍") input');
		await look(page, "rate", size);
		await page.click("#do-rate button");
		assert.match(await page.innerText("[role=status]"), /谢谢您的评价/);
		assert.match(await page.innerText('summary:has-text("申请重办")'), /最迟到/);
		await page.click('summary:has-text("申请重办")');
		await page.selectOption("#do-reopen select", "not_solved");
		await page.click("#do-reopen button");
		assert.match(await page.innerText("[role=status]"), /已经转去重办/);
		for (const url of asked) {
			assert.ok(url.startsWith(city.base), "leaves the server, or breaks the policy: " + url);
			assert.ok(!url.includes(secret.replaceAll(" ", "")) && !url.includes(code), "an address holds a key: " + url);
		}
		await close();
	});

for (const lang of Object.keys(LOCALE))
	for (const size of Object.keys(SIZES))
		test(`plain pages, ${lang}, ${size}: without a violation or a sideways scroll, in large type too`, async () => {
			const { page, close } = await open({ size, lang });
			for (const [name, path] of Object.entries({ home: "/plain", file: "/plain/file?kind=complaint", follow: "/plain/follow" }))
				for (const big of ["", "big"]) {
					await page.goto(`${city.base}${path}${big && (path.includes("?") ? "&" : "?") + "size=big"}`);
					assert.equal(await page.getAttribute("html", "lang"), lang);
					await look(page, name + (big && "-big"), size, lang);
				}
			await close();
		});

test("with the keyboard alone", async () => {
	const { page, close } = await open({ size: "desktop", lang: "en" });
	await page.goto(city.base + "/plain/file?kind=complaint");
	await page.keyboard.press("Tab");
	assert.match(await page.innerText("a.skip:focus"), /./);
	await page.focus("textarea[name=body]");
	await page.keyboard.type("The clerk was rude to my mother.");
	await page.focus("input[name=contact]");
	await page.keyboard.press("Enter");
	await page.waitForSelector(".key");
	await close();
});
