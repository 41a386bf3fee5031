// The service hall: one licence case from the window to the licence, one that is refused, each on both sides of the
// counter; then the catalogue, its reductions, and who sits where.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axe, openPage, ROOT, startBrowser } from "./city.mjs";
import { askAs, openWork, startDemo } from "./work.mjs";

const ITEM = "cgj-03", NAME = "户外广告设置许可";
const shots = join(ROOT, "build/shots");
let city, browser;
before(async () => {
	mkdirSync(shots, { recursive: true });
	city = await startDemo();
	browser = await startBrowser();
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

const picture = (page, name) => page.screenshot({ path: join(shots, name + ".png"), fullPage: true });
const sound = async (page, where) => {
	assert.deepEqual(await axe(page), [], where);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1), where + " is wider than the screen");
};
const words = (pdf) => execFileSync("pdftotext", ["-layout", "-", "-"], { input: Buffer.from(pdf), encoding: "utf8" }).replace(/\s/g, "");

// Opens the form of MOVE, types TEXTS by label and makes it.
async function make(page, move, texts) {
	await page.locator(".moves button", { has: page.locator("b", { hasText: new RegExp("^" + move) }) }).first().click();
	const form = page.locator("form.move");
	await form.waitFor();
	for (const [label, text] of Object.entries(texts)) {
		const field = form.locator(".field", { has: page.locator(".field-name", { hasText: new RegExp(`^${label}`) }) });
		const select = field.locator("select.plain").first();
		if (label === "期限") await field.locator("input").fill(text);
		else if (await select.count()) await select.selectOption({ label: text });
		else await field.locator("textarea, input").first().fill(text);
	}
	const button = form.locator(".acts button[type=submit]");
	await page.waitForFunction(() => !document.querySelector("form.move .acts button[type=submit]").disabled);
	await button.click();
	await form.waitFor({ state: "detached" });
}
const citizen = (own, path = "/follow") => openPage(browser, city.base, { nobody: true, size: "phone", path: `${path}#${own.code}.${own.secret}` });

test("a whole case: item, one-off notice, acceptance, assisting unit, pause, extension, decision, delivery", async () => {
	const desk = await openWork(browser, city.base, { login: "desk", path: "/file?kind=licence" });
	const { page } = desk;
	const field = (label) => page.locator(".field", { has: page.locator(".field-name", { hasText: new RegExp(`^${label}`) }) });
	await field("事项").locator("input").fill("户外广告");
	await page.locator(".pick-list button", { hasText: NAME }).click();
	assert.match(await field("事项").innerText(), new RegExp(NAME));
	const first = await field("首问责任人").locator("input").inputValue();
	assert.ok(first, "whoever takes it in was asked first");
	await field("标题").locator("input").first().fill("听涛书店设置门头广告");
	await field("姓名").locator("input").fill("苏文");
	await field("渠道").locator("select").selectOption({ label: "窗口" });
	await field("代理人").first().locator("input").fill("林代办");
	await page.getByRole("button", { name: "登记" }).last().click();
	await page.getByText("the paper by which the agent acts").waitFor(); // not without an authority
	await field("授权文书").locator("input").fill("2026年11月授权委托书");
	await sound(page, "filing");
	await picture(page, "hall-file");
	await page.getByRole("button", { name: "登记" }).last().click();
	const code = (await page.locator(".facts.big a").innerText()).trim(), secret = (await page.locator(".facts.big code").innerText()).replace(/\s/g, "");
	const own = { code, secret };
	await desk.show("/matters/" + code);
	assert.match(await page.innerText(".matter-left"), new RegExp(`${NAME}[\\s\\S]*林代办[\\s\\S]*${first}`));

	// Everything missing at once; a second notice is not there any more.
	await make(page, "一次告知补正", { 材料: "门头效果图\n产权人同意书" });
	await page.waitForSelector(".letters a:has-text('补正材料一次告知书')");
	let us = await citizen(own);
	await us.page.waitForSelector(".letters .deed");
	assert.match(await us.page.innerText("main"), /门头效果图[\s\S]*产权人同意书/);
	const [down] = await Promise.all([us.page.waitForEvent("download"), us.page.click(".letters .deed")]);
	assert.match(down.suggestedFilename(), new RegExp(`^${code}-2-notice.pdf`));
	await us.page.click('.deeds:not(.letters) .deed:has-text("补正")');
	await us.page.locator(".deed-form textarea").last().fill("两份都补上了");
	await us.page.click('.deed-form button[type="submit"]');
	await us.page.waitForSelector(".note.good");
	assert.deepEqual(us.complaints, []);
	await us.close();
	await page.reload();
	await page.waitForSelector(".moves b");
	assert.equal((await askAs(city.base, "desk", `/matters/${code}`)).moves.some((m) => m.move === "notice"), false);
	await make(page, "受理", {});
	const accepted = await askAs(city.base, "desk", `/matters/${code}`);
	const main = accepted.clocks.find((c) => c.main);
	assert.equal(main.pledged_limit, (await askAs(city.base, "desk", `/items/${ITEM}`)).now.content.pledged, "the promise of the guide");
	await desk.close();

	// The handler: joint review, a special procedure with paper and length, an extension that its head grants.
	const head = await openWork(browser, city.base, { login: "unit_head", path: "/matters/" + code });
	await head.page.locator(".moves button", { hasText: "协办" }).first().click();
	const pick = head.page.locator("form.move [role=combobox]").first();
	await head.page.locator("form.move .el-select").first().click();
	await pick.fill("园林绿化");
	await head.page.getByRole("option", { name: "市园林绿化中心", exact: true }).click();
	await head.page.keyboard.press("Escape");
	await head.page.waitForFunction(() => !document.querySelector("form.move .acts button[type=submit]").disabled);
	await head.page.locator("form.move .acts button[type=submit]").click();
	await head.page.locator("form.move").waitFor({ state: "detached" });
	// The assisting unit: what it is asked, not who applies; it says one thing.
	await head.show("/assists");
	await head.page.locator("tr", { hasText: code }).getByRole("button").click();
	const drawer = head.page.locator(".el-drawer.rtl");
	await drawer.locator("form textarea").fill("广告牌不影响行道树，同意。");
	assert.ok(!(await drawer.innerText()).includes("苏文"));
	await picture(head.page, "hall-assist");
	await drawer.locator("form button[type=submit]").click();
	await drawer.locator("form").waitFor({ state: "detached" });
	await head.show("/matters/" + code);
	assert.match(await head.page.innerText(".timeline"), /协办意见[\s\S]*不影响行道树/);
	assert.deepEqual(head.complaints, []);
	await head.close();
	const clerk = await openWork(browser, city.base, { login: "handler", path: "/matters/" + code });
	await make(clerk.page, "特别程序", { 理由: "专家评审", 文号: "城管告〔2026〕7号", 计划天数: "6", 批准人职务: "科室负责人" });
	await clerk.page.waitForSelector(".letters a:has-text('特别程序告知书')");
	await make(clerk.page, "恢复计时", {});
	await make(clerk.page, "延期", { 期限: "5", 说明: "结构安全复核", 批准人职务: "行政机关负责人" });
	await make(clerk.page, "准予许可", { 正文: "准予设置，期限两年。" });
	await clerk.page.waitForSelector(".letters a:has-text('准予行政许可决定书')");
	await sound(clerk.page, "matter");
	await picture(clerk.page, "hall-matter");
	assert.deepEqual(clerk.complaints, []);
	const { letters } = await askAs(city.base, "handler", `/matters/${code}/letters`);
	assert.deepEqual(letters.map((l) => l.form), ["notice", "accept", "pause", "extend", "grant"]);
	const read = async (l) => {
		const href = await clerk.page.locator(`.letters a[href*="seq=${l.seq}&"]`).getAttribute("href");
		const pdf = await (await clerk.context.request.get(city.base + href)).body();
		writeFileSync(join(shots, `hall-${l.form}.pdf`), pdf);
		return words(pdf);
	};
	const said = Object.fromEntries(await Promise.all(letters.map(async (l) => [l.form, await read(l)])));
	assert.match(said.accept, /受理通知书.*苏文.*予以受理.*受理日期为20\d\d年/);
	assert.match(said.pause, /专家评审.*预计6日/);
	assert.match(said.extend, /延长5个工作日.*结构安全复核/);
	assert.match(said.grant, /准予行政许可.*林代办/);
	await clerk.close();
	const again = await openWork(browser, city.base, { login: "desk", path: "/matters/" + code });
	await make(again.page, "颁发送达", { 理由: "准予许可并送达" }).catch(async (e) => {
		throw new Error(e.message + (await again.page.locator("form.move select").first().innerText()));
	});
	await again.close();
	us = await citizen(own);
	await us.page.waitForSelector(".letters .deed >> nth=4");
	await sound(us.page, "own");
	await picture(us.page, "hall-own-phone");
	await us.close();
});

test("a refused case: reason, basis, approver and remedy, registered, told to the applicant alone", async () => {
	const apply = await openPage(browser, city.base, { nobody: true, size: "phone", path: "/guide/" + ITEM });
	const { page } = apply;
	await page.click("text=在线申请");
	await page.waitForSelector(".applied:has-text('承诺')");
	await page.fill("#f-body", "申请在望江路设置落地广告牌一块。");
	await picture(page, "hall-apply-phone");
	await sound(page, "apply");
	await page.click('.form button[type="submit"]');
	assert.equal(await page.inputValue("#f-title"), NAME);
	await page.click('.form button[type="submit"]');
	await page.fill("#f-name", "何店主");
	await page.click('.form button[type="submit"]');
	assert.match(await page.innerText(".facts"), new RegExp(NAME));
	await page.click('.form button[type="submit"]');
	await page.waitForSelector('[data-test="code"]');
	const own = { code: await page.innerText('[data-test="code"]'), secret: (await page.innerText('[data-test="secret"]')).replace(/\s/g, "") };
	assert.deepEqual(apply.complaints, []);
	await apply.close();

	const desk = await openWork(browser, city.base, { login: "handler", path: "/matters/" + own.code });
	await make(desk.page, "不予受理", { 理由: "不属本机关职权", 说明: "望江路人行道属道路养护单位管理", 依据: "行政许可法 第三十二条第一款第二项", 批准人职务: "单位负责人", 批准人姓名: "周局长", 救济途径: "可以自收到之日起六十日内申请行政复议" });
	await desk.page.waitForSelector(".letters a:has-text('否定报备登记表')");
	await desk.close();
	const { letters } = await askAs(city.base, "handler", `/matters/${own.code}/letters`);
	assert.deepEqual(letters.map((l) => l.form), ["decline", "register"]);
	const us = await citizen(own);
	await us.page.waitForSelector(".letters .deed");
	assert.equal(await us.page.locator(".letters .deed").count(), 1, "the register is not the applicant's");
	assert.match(await us.page.innerText("main"), /人行道属道路养护[\s\S]*第三十二条[\s\S]*六十日内/);
	assert.deepEqual(us.complaints, []);
	await us.close();
});

test("the catalogue in the workbench: a table taken in with a preview, a figure opened to its items", async () => {
	const { page, complaints, show, close } = await openWork(browser, city.base, { login: "efficacy_office", path: "/items" });
	await page.waitForSelector("table.grid tbody tr");
	await page.getByRole("button", { name: "导入" }).click();
	const file = join(shots, "items.csv");
	writeFileSync(file, "code,name,type,unit,statutory,pledged\ncgj-90,架空线缆迁改,1,cgj,20wd,6wd\ncgj-91,坏行,1,cgj,5wd,6wd\n");
	await page.setInputFiles("input[type=file]", file);
	await page.getByText("pledged", { exact: false }).first().waitFor();
	assert.equal(await page.locator(".el-dialog form button[type=submit]").isDisabled(), true, "one refused row refuses all");
	const mended = join(shots, "items-mended.csv");
	writeFileSync(mended, "code,name,type,unit,statutory,pledged\ncgj-90,架空线缆迁改,1,cgj,20wd,6wd\n");
	await page.setInputFiles("input[type=file]", mended);
	await page.waitForFunction(() => document.querySelectorAll(".el-dialog .grid tbody tr").length === 1);
	await page.locator(".el-dialog .grid td.code", { hasText: "cgj-90" }).waitFor();
	await picture(page, "hall-import");
	await page.locator(".el-dialog form button[type=submit]").click();
	await page.locator(".el-dialog form").waitFor({ state: "detached" });
	await show("/items/cgj-90");
	await page.getByRole("button", { name: "取消事项" }).click();
	await page.locator(".el-dialog form input").first().fill("〔2026〕9号");
	await page.locator(".el-dialog form button[type=submit]").click();
	await page.getByRole("button", { name: "恢复" }).waitFor();
	await picture(page, "hall-item");

	await show("/reduction?unit=cgj");
	const kept = Number(await page.locator(".red-count.c-kept b").innerText());
	await page.locator(".red-count.c-kept").click();
	await page.waitForSelector(".el-drawer tbody tr");
	assert.equal(await page.locator(".el-drawer tbody tr").count(), kept);
	await picture(page, "hall-reduction");
	assert.deepEqual(complaints, []);
	await close();
});

test("who sits where, what is charged: on the portal, on a phone, and to be put up", async () => {
	for (const size of ["desktop", "phone"]) {
		const { page, complaints, show, close } = await openPage(browser, city.base, { nobody: true, size, path: "/offices/cgj" });
		await page.waitForSelector(".plate");
		const { plates } = await (await fetch(city.base + "/api/v1/public/boards/cgj")).json();
		assert.equal(await page.locator(".plate").count(), plates.length);
		const away = plates.find((p) => p.a?.away);
		if (away) assert.match(await page.locator(".plate.out").first().innerText(), /返岗/);
		assert.ok(!JSON.stringify(plates).includes("sick"));
		await sound(page, "offices " + size);
		await picture(page, "hall-office-" + size);
		await show("/fees");
		await page.waitForSelector(".fees li");
		await page.click('.chip:has-text("已取消")');
		await page.waitForSelector(".fees s");
		await sound(page, "fees " + size);
		await picture(page, "hall-fees-" + size);
		assert.deepEqual(complaints, []);
		await close();
	}
	const pdf = await (await fetch(city.base + "/api/v1/public/boards/cgj/paper?form=open")).arrayBuffer();
	assert.match(words(pdf), /市城市管理局公开栏.*谁在岗、谁替岗.*经办岗.*户外广告设置许可/);
});
