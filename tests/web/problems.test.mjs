// Problem lists and the ledger in the workbench: stories of people at work.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axe, ROOT, startBrowser } from "./city.mjs";
import { manual } from "./manual.mjs";
import { askAs, openWork, startDemo } from "./work.mjs";

let city, browser;
before(async () => {
	city = await startDemo();
	browser = await startBrowser();
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

const shots = join(ROOT, "build/shots");
mkdirSync(shots, { recursive: true });
const picture = (page, name) => page.screenshot({ path: join(shots, name + ".png"), fullPage: true });
const chooseUnit = async (page, place, name) => {
	const input = place.getByRole("combobox").first();
	await input.click();
	await input.fill(name);
	await page.getByRole("option", { name, exact: true }).click();
};
// The fields of line N of a list while it is written.
const lineOf = (page, n) => page.locator(".problem-line").nth(n - 1);
async function write(page, n, texts) {
	for (const [label, text] of Object.entries(texts)) {
		const field = lineOf(page, n).locator("label", { hasText: label }).locator("input, textarea, select").first();
		if (label === "类别") await field.selectOption({ label: text });
		else await field.fill(text);
	}
}
const rest = { 原因: "材料清单没有上墙，未一次告知", 整改措施: "印发材料清单", 责任人: "李某", 整改期限: "2027-04-30" };
const tile = async (page, path, size) => {
	const problems = await axe(page);
	assert.deepEqual(problems, [], `${path} ${size}`);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1), `${path} ${size} is wider than the screen`);
};

test("a vague list is named as such, sent back, filed again and entered into the ledger", async () => {
	const head = await openWork(browser, city.base, { login: "unit_head", path: "/problems" });
	const { page } = head;
	await page.getByRole("link", { name: "填报清单" }).click();
	await page.getByText("第 1 条").waitFor();
	await page.locator(".field", { hasText: "标题" }).locator("input").first().fill("单位问题清单");
	await chooseUnit(page, page.locator(".field", { hasText: "承办单位" }), "市城市管理局");
	await page.locator(".field", { hasText: "类别" }).locator("select").first().selectOption({ label: "单位问题清单" });
	await write(page, 1, { 类别: "拖拉延误", 具体事例: "服务意识不够强，工作作风有待进一步加强", ...rest });
	await lineOf(page, 1).getByText("多是套话，请写一件真实发生的事").waitFor();
	await lineOf(page, 1).getByText("没写何时").waitFor();
	await picture(page, "problem-vague");
	await manual(page, "problem-vague", 1000);
	await page.getByRole("button", { name: "登记", exact: false }).last().click();
	await page.getByText("line 1: stock phrases").waitFor(); // the server takes it no more than the page

	await write(page, 1, { 具体事例: "让来办退休手续的王某为一份证明来回跑了三趟", 发生日期: "2026-02-11" });
	await lineOf(page, 1).getByText("写得具体").waitFor();
	await page.getByRole("button", { name: "登记", exact: false }).last().click();
	const code = (await page.locator("section.card a", { hasText: "WT-" }).textContent()).trim();

	// The office sends it back with a reason, without which it cannot.
	const office = await openWork(browser, city.base, { login: "efficacy_office", path: "/problems?state=filed" });
	await office.page.locator("tr", { hasText: code }).getByRole("link").click();
	await office.page.locator(".problem").getByText("王某").waitFor();
	await picture(office.page, "problem-review");
	await manual(office.page, "problem-review", 1000);
	await office.page.locator(".moves").getByRole("button", { name: "退回修改" }).click();
	const drawer = office.page.getByRole("dialog");
	assert.equal(await drawer.getByRole("button", { name: "退回修改", exact: true }).isDisabled(), true);
	await drawer.locator(".field", { hasText: "说明" }).locator("textarea, input").first().fill("原因没有写到制度上");
	await drawer.getByRole("button", { name: "退回修改", exact: true }).click();
	await office.page.locator(".timeline").getByText("原因没有写到制度上").waitFor();

	// What is alike to other lists stands side by side.
	await office.page.locator(".copies").getByRole("button", { name: "比对" }).click();
	await office.page.locator(".copies").getByText(/与 \d+ 份清单比对/).waitFor();

	// The unit reads why and files it again; who filed may not accept.
	await head.show("/matters/" + code);
	await page.locator(".timeline").getByText("原因没有写到制度上").waitFor();
	await page.locator(".moves").getByRole("button", { name: "修改后重报" }).click();
	const again = page.getByRole("dialog");
	await write(page, 1, { 类别: "拖拉延误", 具体事例: "让来办退休手续的王某为一份证明来回跑了三趟", 发生日期: "2026-02-11", ...rest, 原因: "清单三年未更新，制度没有规定谁来更新" });
	await again.getByText("写得具体").waitFor();
	await again.getByRole("button", { name: "修改后重报", exact: true }).click();
	await page.locator(".problem").getByText("制度没有规定谁来更新").waitFor();
	assert.equal(await page.locator(".moves").getByRole("button", { name: "审核通过" }).count(), 0);

	await office.page.reload(); // it stood there all the time
	await office.page.locator(".problem").getByText("制度没有规定谁来更新").waitFor();
	await office.page.locator(".moves").getByRole("button", { name: "审核通过" }).click();
	await office.page.getByRole("dialog").getByRole("button", { name: "审核通过", exact: true }).click();
	await office.page.locator(".problem-list").getByRole("button", { name: "全部列入整改台账" }).click();
	const entered = office.page.locator(".problem").getByRole("link", { name: /^ZG-/ });
	await entered.waitFor();
	await picture(office.page, "problem-entered");
	await manual(office.page, "problem-entered", 1000);
	await entered.click();
	await office.page.getByText("下达整改").first().waitFor();
	const bad = (c) => !/40[03]/.test(c);
	assert.deepEqual([...head.complaints, ...office.complaints].filter(bad), []);
	await head.close();
	await office.close();
});

test("the pages of problem lists in three languages and two sizes", async () => {
	const lists = (await askAs(city.base, "efficacy_office", "/matters?kind=problem_list")).matters;
	for (const [lang, size, theme] of [["zh-CN", "desktop", "light"], ["zh-Hant", "phone", "dark"], ["en", "phone", "light"], ["en", "desktop", "dark"]]) {
		const w = await openWork(browser, city.base, { login: "efficacy_office", lang, size, theme });
		for (const path of ["/problems", "/matters/" + lists[0].code]) {
			await w.show(path);
			await tile(w.page, path, size);
			await picture(w.page, `problems-${lang}-${size}${path.replace(/\W+/g, "-")}`);
		}
		assert.deepEqual(w.complaints, []);
		await w.close();
		const h = await openWork(browser, city.base, { login: "unit_head", lang, size, theme, path: "/file?kind=problem_list" });
		await h.page.locator(".problem-line").waitFor();
		await tile(h.page, "/file", size);
		await picture(h.page, `problems-${lang}-${size}-file`);
		await h.close();
	}
});
