// The workbench: stories of people at work.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { startBrowser } from "./city.mjs";
import { askAs, DEMO_PASSWORD, openWork, settledWork, startDemo } from "./work.mjs";

let city, browser, link;
before(async () => {
	city = await startDemo((run) => {
		run("account", "add", "newcomer", "新人", "--role", "sysadmin");
		link = JSON.parse(run("account", "invite", "newcomer", "--json")).link;
		run("card", "raise"); // all that is due by now: counts stand still while they are looked at
	});
	browser = await startBrowser();
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

const body = (page) => page.locator("main");
// The field of a form by what it is called.
const field = (page, name) => page.locator(".field", { hasText: name }).locator("input, textarea, select").first();
const chooseUnit = async (page, place, name) => {
	const input = place.getByRole("combobox").first();
	await input.click();
	await input.fill(name);
	await page.getByRole("option", { name, exact: true }).click();
};

async function fileOne(title) {
	const filed = await askAs(city.base, "desk", "/matters", { kind: "complaint", data: { title, body: "请尽快处理。", channel: "visit" } });
	assert.ok(filed.code, JSON.stringify(filed));
	return filed.code;
}

test("log in with a password; a wrong one says so; log out", async () => {
	const w = await openWork(browser, city.base, { path: "/matters" });
	await w.page.getByLabel("登录名").fill("desk");
	await w.page.getByLabel("密码", { exact: true }).fill("not it at all");
	await w.page.getByRole("button", { name: "登录", exact: true }).click();
	await w.page.getByText("登录名、密码或验证码不对").waitFor();
	await w.page.getByLabel("密码", { exact: true }).fill(DEMO_PASSWORD);
	await w.page.getByRole("button", { name: "登录", exact: true }).click();
	await w.page.getByRole("heading", { name: "办件" }).waitFor(); // where one wanted to go
	await w.page.locator(".who").click();
	await w.page.getByRole("button", { name: "退出登录" }).click();
	await w.page.getByRole("heading", { name: "登录工作台" }).waitFor();
	assert.deepEqual(w.complaints.filter((c) => !/401/.test(c)), []);
	await w.close();
});

test("a one-time link lets its owner choose a password", async () => {
	const w = await openWork(browser, city.base, { path: "/login" });
	await w.page.goto("about:blank");
	await w.page.goto(city.base + link.slice(link.indexOf("/welcome#"))); // as the command prints it
	await w.page.getByText("newcomer").waitFor();
	await w.page.getByLabel("新密码").fill("lan se de hu die zai shan shang");
	await w.page.getByRole("button", { name: "设置密码" }).click();
	await w.page.getByRole("heading", { name: "登录工作台" }).waitFor();
	await w.page.getByLabel("登录名").fill("newcomer");
	await w.page.getByLabel("密码", { exact: true }).fill("lan se de hu die zai shan shang");
	await w.page.getByRole("button", { name: "登录", exact: true }).click();
	// Administrators set up a second factor before anything else.
	await w.page.getByRole("heading", { name: "设置第二重验证" }).waitFor();
	await w.page.getByRole("button", { name: "设置第二重验证" }).click();
	await w.page.getByAltText("给验证器扫描的二维码").waitFor();
	assert.deepEqual(w.complaints, []);
	await w.close();
});

test("work a matter from dispatch to reply, seeing before what each step does", async () => {
	const code = await fileOne("东门路路灯不亮");
	const desk = await openWork(browser, city.base, { login: "desk", path: "/matters/" + code });
	await desk.page.locator(".moves").getByRole("button", { name: "转办" }).click();
	const drawer = desk.page.getByRole("dialog");
	await drawer.getByText("填好这些就能看到").waitFor();
	assert.equal(await drawer.getByRole("button", { name: "转办", exact: true }).isDisabled(), true);
	await chooseUnit(desk.page, drawer, "市城市管理局");
	await drawer.locator(".preview").getByText("已转办").waitFor();
	await drawer.getByRole("button", { name: "转办", exact: true }).click();
	await body(desk.page).getByText("已转办").first().waitFor();

	const handler = await openWork(browser, city.base, { login: "handler", path: "/matters/" + code });
	await handler.page.locator(".moves").getByRole("button", { name: "签收" }).click();
	await handler.page.getByRole("dialog").locator(".preview").getByText("办理", { exact: true }).first().waitFor();
	await handler.page.getByRole("dialog").getByRole("button", { name: "签收", exact: true }).click();
	await handler.page.locator(".moves").getByRole("button", { name: "答复" }).click();
	await field(handler.page, "正文").fill("路灯已修好。");
	await handler.page.getByRole("dialog").locator(".preview").getByText("已答复").waitFor();
	await handler.page.getByRole("dialog").getByRole("button", { name: "答复", exact: true }).click();
	await body(handler.page).locator(".reply").getByText("路灯已修好。").waitFor();
	const m = await askAs(city.base, "desk", "/matters/" + code);
	assert.equal(m.state, "replied");
	assert.deepEqual(m.timeline.map((e) => e.move), ["file", "dispatch", "sign", "reply"]);
	assert.deepEqual([...desk.complaints, ...handler.complaints], []);
	await desk.close();
	await handler.close();
});

test("two clerks at one matter: the second sees what the first did, and loses nothing", async () => {
	const code = await fileOne("两个人同时办的一件");
	const w = await openWork(browser, city.base, { login: "desk", path: "/matters/" + code });
	await w.page.locator(".moves").getByRole("button", { name: "备注" }).click();
	await field(w.page, "正文").fill("我写了很久的备注");
	await w.page.getByRole("dialog").locator(".preview dl").waitFor();
	const seen = await askAs(city.base, "efficacy_office", "/matters/" + code);
	assert.equal(seen.seq, 1);
	const first = await askAs(city.base, "efficacy_office", `/matters/${code}/moves`, { move: "note", data: { text: "先到的备注" } }, { "if-match": seen.tag });
	assert.equal(first.status === 200 && first.seq, 2);
	await w.page.getByRole("dialog").getByRole("button", { name: "备注", exact: true }).click();
	await w.page.getByText("您填写的时候，别人先改了这一件").waitFor();
	await w.page.getByRole("dialog").getByText("先到的备注").waitFor();
	assert.equal(await field(w.page, "正文").inputValue(), "我写了很久的备注");
	await w.page.getByRole("dialog").getByRole("button", { name: "仍然备注" }).click();
	await w.page.locator(".timeline").getByText("我写了很久的备注").waitFor();
	const m = await askAs(city.base, "desk", "/matters/" + code);
	assert.deepEqual(m.timeline.map((e) => e.private?.text ?? ""), ["", "先到的备注", "我写了很久的备注"]);
	assert.deepEqual(w.complaints.filter((c) => !/412/.test(c)), []);
	await w.close();
});

test("what was typed survives a reload and the end of the session", async () => {
	const code = await fileOne("写到一半的一件");
	const w = await openWork(browser, city.base, { path: "/login" });
	await w.page.getByLabel("登录名").fill("desk");
	await w.page.getByLabel("密码", { exact: true }).fill(DEMO_PASSWORD);
	await w.page.getByRole("button", { name: "登录", exact: true }).click();
	await w.page.getByRole("heading", { name: /今天是/ }).waitFor();
	await w.show("/matters/" + code);
	await w.page.locator(".moves").getByRole("button", { name: "备注" }).click();
	await field(w.page, "正文").fill("写到一半");
	await w.page.getByRole("dialog").locator(".preview dl").waitFor();
	await w.page.reload();
	await settledWork(w.page);
	await w.page.locator(".moves").getByRole("button", { name: "备注" }).click();
	assert.equal(await field(w.page, "正文").inputValue(), "写到一半");
	await w.page.locator(".preview dl").waitFor();
	// The session ends meanwhile: its cookie is worth nothing any more.
	await w.context.clearCookies();
	await w.page.getByRole("dialog").getByRole("button", { name: "备注", exact: true }).click();
	const again = w.page.getByRole("dialog", { name: "登录已过期" });
	await again.waitFor();
	await again.getByLabel("密码", { exact: true }).fill(DEMO_PASSWORD);
	await again.getByRole("button", { name: "登录", exact: true }).click();
	await again.waitFor({ state: "hidden" });
	assert.equal(await field(w.page, "正文").inputValue(), "写到一半");
	await w.page.locator(".preview dl").waitFor(); // asked again by itself
	await w.page.getByRole("dialog").getByRole("button", { name: "备注", exact: true }).click();
	await w.page.locator(".timeline").getByText("写到一半", { exact: true }).waitFor();
	await w.close();
});

test("the list by keys: down, pick, open; kept filters; many referred together with a preview", async () => {
	const codes = [await fileOne("批量转办甲"), await fileOne("批量转办乙")];
	const w = await openWork(browser, city.base, { login: "desk", path: "/matters?words=批量转办&open=yes" });
	await w.page.locator("tbody tr").nth(1).waitFor();
	assert.equal(await w.page.locator("tbody tr").count(), 2);
	await w.page.keyboard.press("x");
	await w.page.keyboard.press("j");
	await w.page.keyboard.press("x");
	await w.page.getByText("已选 2 件").waitFor();
	await w.page.getByRole("button", { name: "批量转办" }).click();
	const dialog = w.page.getByRole("dialog", { name: "批量转办" });
	await chooseUnit(w.page, dialog, "市城市管理局");
	await dialog.getByRole("button", { name: "转办 2 件" }).click();
	await dialog.waitFor({ state: "hidden" });
	for (const code of codes) assert.equal((await askAs(city.base, "desk", "/matters/" + code)).unit, "cgj");
	await w.page.getByRole("button", { name: "+ 保存当前筛选" }).click();
	await w.page.getByRole("dialog").getByLabel("名称").fill("我的批量");
	await w.page.getByRole("dialog").getByRole("button", { name: "保存", exact: true }).click();
	await w.page.reload();
	await settledWork(w.page);
	await w.page.getByRole("button", { name: "我的批量", exact: true }).waitFor();
	await w.page.locator("tbody tr").first().waitFor();
	await w.page.locator("h1").click();
	await w.page.keyboard.press("Enter");
	await w.page.getByRole("heading", { name: /批量转办[甲乙]/ }).waitFor();
	await w.page.keyboard.press("?");
	await w.page.getByRole("dialog", { name: "键盘操作" }).waitFor();
	assert.deepEqual(w.complaints, []);
	await w.close();
});

test("a list is taken out as a file: all that the filters find, with the same titles", async () => {
	const w = await openWork(browser, city.base, { login: "efficacy_office", path: "/matters?open=yes&light=green" });
	await w.page.locator("tbody tr").first().waitFor();
	const take = async (name) => {
		const [file] = await Promise.all([w.page.waitForEvent("download"), w.page.getByRole("button", { name }).click()]);
		return [file.suggestedFilename(), readFileSync(await file.path())];
	};
	const [name, csv] = await take("导出 CSV");
	const lines = csv.toString("utf8").trim().split("\r\n");
	assert.equal(name, "matters.csv");
	assert.deepEqual([csv.subarray(0, 3).toString("hex"), lines[0].slice(0, 2)], ["efbbbf", "编号"]); // Excel knows it is UTF-8
	const total = (await askAs(city.base, "efficacy_office", "/supervision?by=none")).total.figures.open_green.value;
	assert.equal(lines.length - 1, total);
	const [first] = (await askAs(city.base, "efficacy_office", "/matters?open=yes&light=green&limit=1")).matters;
	assert.ok(lines[1].startsWith(first.code + "," + first.title), lines[1]);
	const [xlsx, bytes] = await take("导出 XLSX");
	assert.deepEqual([xlsx, bytes.subarray(0, 2).toString()], ["matters.xlsx", "PK"]);
	assert.deepEqual(w.complaints, []);
	await w.close();
	const desk = await openWork(browser, city.base, { login: "desk", path: "/matters" });
	assert.equal(await desk.page.getByRole("button", { name: "导出 CSV" }).count(), 0);
	await desk.close();
});

test("why this date: every day up to the due one, with the notice behind a holiday", async () => {
	const { matters } = await askAs(city.base, "desk", "/matters?open=yes&kind=hotline&limit=1");
	const w = await openWork(browser, city.base, { login: "desk", path: "/matters/" + matters[0].code });
	await w.page.getByRole("button", { name: "为什么是这一天？" }).click();
	await w.page.locator(".month td.is-due").first().waitFor();
	const { clocks } = await askAs(city.base, "desk", `/matters/${matters[0].code}/clock`);
	const traced = clocks.filter((c) => c.trace?.length);
	assert.equal(await w.page.locator(".why").count(), traced.length);
	await w.page.locator(".why details summary").first().click();
	const main = traced.sort((a, b) => b.main - a.main)[0];
	assert.equal(await w.page.locator(".why").first().locator("details tbody tr").count(), main.trace.length);
	await w.close();
});

test("each mark of the board opens as many matters as it says", async () => {
	const w = await openWork(browser, city.base, { login: "efficacy_office", path: "/board" });
	const cell = w.page.locator(".matrix tbody td.cell-green button").first();
	const n = Number(await cell.textContent());
	await cell.click();
	await w.page.locator("tbody tr").first().waitFor();
	await settledWork(w.page);
	assert.equal(await w.page.locator("tbody tr").count(), Math.min(n, 50));
	assert.deepEqual(w.complaints, []);
	await w.close();
});

test("a card is contested by the unit, annulled by another, and counts no longer", async () => {
	const { cards } = await askAs(city.base, "unit_head", "/cards?level=yellow&state=stands&limit=1"), card = cards[0];
	const before = (await askAs(city.base, "efficacy_office", "/card-counts")).total;

	// From the list to the card, by keys.
	const head = await openWork(browser, city.base, { login: "unit_head", path: "/cards?level=yellow&state=stands" });
	await body(head.page).getByText(card.code).waitFor();
	assert.equal(await head.page.locator(".badge").first().locator("span").first().textContent(), new Intl.NumberFormat("zh-CN").format(before.cards_yellow + before.cards_red));
	await head.page.keyboard.press("Enter");
	await head.page.getByRole("heading", { name: card.title["zh-CN"], level: 1 }).waitFor();
	assert.ok((await head.page.locator(".timeline").first().locator("li").count()) > 0, "its evidence");
	await body(head.page).getByText(card.clause).first().waitFor();
	assert.deepEqual(await head.page.locator(".moves .move-button b").allTextContents(), ["申辩"]);

	// What was typed survives a reload; without a reason nothing is sent.
	await head.page.locator(".moves").getByRole("button", { name: "申辩" }).click();
	const submit = () => head.page.getByRole("dialog").getByRole("button", { name: "申辩", exact: true });
	assert.equal(await submit().isDisabled(), true);
	await field(head.page, "说明").fill("系统停机，有记录");
	await head.page.reload();
	await settledWork(head.page);
	await head.page.locator(".moves").getByRole("button", { name: "申辩" }).click();
	assert.equal(await field(head.page, "说明").inputValue(), "系统停机，有记录");
	await submit().click();
	await body(head.page).locator(".due-box").getByText("申辩中").waitFor();
	await body(head.page).getByText("等申辩人和承办人以外的人决定").waitFor();
	assert.equal(await head.page.locator(".moves .move-button").count(), 0);

	// The office finds it on its first page, decides it; the matter shows it with its new state.
	const office = await openWork(browser, city.base, { login: "efficacy_office", path: "/" });
	await office.page.getByRole("link", { name: "1 张申辩等您决定" }).click();
	await office.page.getByRole("link", { name: card.title["zh-CN"] }).click();
	await body(office.page).getByText("系统停机，有记录").waitFor();
	assert.deepEqual(await office.page.locator(".moves .move-button b").allTextContents(), ["维持", "撤销"]);
	await office.page.locator(".moves").getByRole("button", { name: "撤销" }).click();
	await field(office.page, "说明").fill("停机属实");
	await office.page.getByRole("dialog").getByRole("button", { name: "撤销", exact: true }).click();
	await body(office.page).locator(".due-box").getByText("已撤销").waitFor();
	await body(office.page).getByRole("link", { name: card.matter }).click();
	await body(office.page).locator(".matter-right .lines").getByText("已撤销").waitFor();
	await body(office.page).locator(".matter-right").getByRole("link", { name: card.title["zh-CN"] }).first().waitFor();
	const after = (await askAs(city.base, "efficacy_office", "/card-counts")).total;
	assert.deepEqual([after.cards_yellow, after.cards_annulled, after.cards_contested], [before.cards_yellow - 1, before.cards_annulled + 1, 0]);

	// Another card becomes a rectification, with what it says itself.
	const { cards: more } = await askAs(city.base, "efficacy_office", "/cards?level=red&state=stands&limit=1");
	await office.show("/cards/" + more[0].code);
	await office.page.locator(".moves").getByRole("button", { name: "责令整改" }).click();
	await field(office.page.getByRole("dialog"), "内容").fill("三日内说明原因");
	await office.page.getByRole("dialog").getByRole("button", { name: "责令整改", exact: true }).click();
	await body(office.page).locator(".timeline").getByText("责令整改").waitFor();
	const mended = await askAs(city.base, "efficacy_office", "/cards/" + more[0].code);
	assert.match(mended.rectification.code, /^ZG-/);
	await body(office.page).locator(".facts").getByRole("link", { name: mended.rectification.code }).click();
	await office.page.locator(".crumb").getByText(mended.rectification.code).waitFor();
	assert.match((await askAs(city.base, "efficacy_office", "/matters/" + mended.rectification.code)).body, /^三日内说明原因/);

	// Each unit's figure opens as many cards as it says.
	await office.show("/cards?view=units");
	const cell = office.page.locator(".card-matrix tbody tr").nth(1).locator("td button").nth(1);
	const n = Number(await cell.textContent());
	await cell.click();
	await office.page.locator(".list tbody tr").first().waitFor();
	await office.page.waitForFunction((want) => document.querySelectorAll(".list tbody tr").length === want, Math.min(n, 50));
	assert.deepEqual([...head.complaints, ...office.complaints], []);
	await head.close();
	await office.close();
});

test("an import of units is shown before it is made, and refused lines change nothing", async () => {
	const w = await openWork(browser, city.base, { login: "sysadmin", path: "/units" });
	const table = Buffer.from(await (await w.context.request.get(city.base + "/api/v1/tables/units?form=csv")).text());
	await w.page.getByRole("button", { name: "导入", exact: true }).click();
	const dialog = w.page.getByRole("dialog", { name: "导入机构" });
	await dialog.locator("input[type=file]").setInputFiles({ name: "units.csv", mimeType: "text/csv", buffer: table });
	await dialog.getByText("和现在完全一样").waitFor();
	const renamed = Buffer.from(String(table).replace("市城市管理局,", "市城市管理和综合执法局,"));
	assert.notEqual(String(renamed), String(table));
	await dialog.locator("input[type=file]").setInputFiles({ name: "units.csv", mimeType: "text/csv", buffer: renamed });
	await dialog.getByText("市城市管理和综合执法局").waitFor();
	await dialog.getByRole("button", { name: "全部导入" }).click();
	await w.page.getByText("已导入").waitFor();
	await body(w.page).getByText("市城市管理和综合执法局", { exact: true }).first().waitFor();
	assert.deepEqual(w.complaints, []);
	await w.close();
});

// Presses the button NAME of the open dialog.
const press = (page, name) => page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
const choose = (page, deed) => page.locator(".moves").getByRole("button", { name: new RegExp("^" + deed) }).click();

test("an account: made, entered by its owner, given a role by two people, logged out, locked, closed; all of it recorded", async () => {
	const admin = await openWork(browser, city.base, { login: "sysadmin", path: "/accounts" });
	await admin.page.getByRole("button", { name: "新开账号" }).click();
	await field(admin.page, "登录名").fill("desk");
	await field(admin.page.getByRole("dialog"), "姓名").fill("李四");
	await press(admin.page, "新开账号");
	await admin.page.getByRole("dialog").locator(".wrong").waitFor(); // somebody has that login
	await field(admin.page.getByRole("dialog"), "登录名").fill("li.si");
	await press(admin.page, "新开账号");
	const given = await admin.page.getByRole("dialog", { name: "给 li.si 的一次性链接" }).locator("input").inputValue();
	assert.ok(given.startsWith(city.base + "/welcome#"), given);
	await press(admin.page, "我已交给本人");
	await admin.page.getByRole("heading", { name: "李四", level: 1 }).waitFor();
	await body(admin.page).getByText("没有单独的授权").waitFor();
	const id = Number(/accounts\/(\d+)$/.exec(admin.page.url())[1]);

	// Its owner enters by that link.
	const owner = await openWork(browser, city.base, { path: "/login" });
	await owner.page.goto("about:blank");
	await owner.page.goto(given);
	await owner.page.getByLabel("新密码").fill("lan se de hu die zai shan shang");
	await owner.page.getByRole("button", { name: "设置密码" }).click();
	await owner.page.getByLabel("登录名").fill("li.si");
	await owner.page.getByLabel("密码", { exact: true }).fill("lan se de hu die zai shan shang");
	await owner.page.getByRole("button", { name: "登录", exact: true }).click();
	await owner.page.getByRole("heading", { name: /今天是/ }).waitFor();

	// One proposes, and cannot approve; another approves.
	const security = await openWork(browser, city.base, { login: "secadmin", path: "/accounts/" + id });
	await body(security.page).getByRole("button", { name: "提出授权" }).click();
	await security.page.getByRole("dialog").locator("select").selectOption({ label: "受理员" });
	await field(security.page.getByRole("dialog"), "说明").fill("新到受理岗位");
	await press(security.page, "提出授权");
	await body(security.page).getByText("待批准").waitFor();
	await body(security.page).locator("td", { hasText: "secadmin" }).waitFor();
	assert.equal(await body(security.page).getByRole("button", { name: "批准" }).count(), 0);
	await admin.page.reload();
	await settledWork(admin.page);
	await body(admin.page).getByRole("button", { name: "批准" }).click();
	await field(admin.page.getByRole("dialog"), "说明").fill("属实");
	await press(admin.page, "批准");
	await body(admin.page).locator("td").getByText("有效", { exact: true }).waitFor();
	const { grants } = await askAs(city.base, "secadmin", "/grants?account=" + id);
	assert.deepEqual(grants.map((g) => [g.role, g.state, g.login]), [["desk", "approved", "li.si"]]);

	// Logged out everywhere, locked, let in again.
	await body(admin.page).locator(".lines li").getByText("127.0.0.1").waitFor();
	await choose(admin.page, "退出所有登录");
	await press(admin.page, "退出所有登录");
	await body(admin.page).getByText("现在没有登录").waitFor();
	await choose(admin.page, "锁定");
	await press(admin.page, "锁定");
	await body(admin.page).locator(".matter-head").getByText("已锁定").waitFor();
	await choose(admin.page, "解锁");
	await press(admin.page, "解锁");
	await body(admin.page).locator(".matter-head").getByText("可用").waitFor();

	// For good, after its login was typed; then nothing more can be done.
	await choose(admin.page, "注销");
	const button = admin.page.getByRole("dialog").getByRole("button", { name: "注销", exact: true });
	assert.equal(await button.isDisabled(), true);
	await admin.page.getByRole("dialog").locator("input").fill("li.si");
	await button.click();
	await body(admin.page).locator(".matter-head").getByText("已注销").waitFor();
	assert.equal(await admin.page.locator(".moves .move-button").count(), 0);
	// Nobody does this to an account of his own.
	const { account } = await askAs(city.base, "sysadmin", "/access");
	await admin.show("/accounts/" + account);
	await body(admin.page).getByText("这是您自己的账号").waitFor();
	assert.deepEqual(await admin.page.locator(".moves .move-button b").allTextContents(), ["改姓名", "发一次性链接", "解锁", "退出所有登录"]);
	assert.deepEqual([...admin.complaints.filter((c) => !/409/.test(c)), ...owner.complaints, ...security.complaints], []);
	for (const w of [admin, owner, security]) await w.close();

	// The audit administrator finds it all again, one kind of it too, and takes it out.
	const audit = await openWork(browser, city.base, { login: "audadmin", path: "/accounts/" + id });
	await body(audit.page).getByRole("link", { name: "对它做过什么" }).click();
	await audit.page.locator("table.audit tbody tr").first().waitFor();
	await settledWork(audit.page);
	const acts = async () => (await audit.page.locator("table.audit tbody td.title-cell small").allTextContents()).reverse();
	for (const a of ["account.add", "account.invite", "password.set", "session.revoke", "account.lock", "account.unlock", "account.close"]) assert.ok((await acts()).includes(a), a);
	await audit.page.locator("select").selectOption("account.");
	await audit.page.getByRole("button", { name: "查找", exact: true }).click();
	await audit.page.waitForFunction(() => [...document.querySelectorAll("table.audit td.title-cell small")].every((x) => x.textContent.startsWith("account.")));
	assert.deepEqual(await acts(), ["account.add", "account.invite", "account.lock", "account.unlock", "account.close"]);
	await audit.page.locator("summary", { hasText: "导出" }).click();
	const [file] = await Promise.all([audit.page.waitForEvent("download"), audit.page.getByRole("button", { name: "导出 CSV" }).click()]);
	assert.match(readFileSync(await file.path(), "utf8"), /account\.close/);
	assert.equal(file.suggestedFilename(), "audit.csv");
	assert.deepEqual(audit.complaints, []);
	await audit.close();
});

test("one's own tokens and password", async () => {
	const w = await openWork(browser, city.base, { login: "handler", path: "/me" });
	await w.page.getByRole("button", { name: "新建令牌" }).click();
	await field(w.page.getByRole("dialog"), "做什么用").fill("夜间导出");
	await w.page.getByRole("dialog").getByLabel(/matter\.read/).check();
	await press(w.page, "新建令牌");
	const secret = await w.page.getByRole("dialog", { name: "令牌", exact: true }).locator("input").inputValue();
	await press(w.page, "我已保存好");
	const asked = (path) => fetch(city.base + "/api/v1" + path, { headers: { authorization: "Bearer " + secret } });
	assert.deepEqual([(await asked("/matters?limit=1")).status, (await asked("/supervision")).status], [200, 403]);
	await body(w.page).getByText("夜间导出").waitFor();
	await w.page.getByRole("button", { name: "结束令牌“夜间导出”" }).click();
	await body(w.page).getByText("已吊销").waitFor();
	assert.equal((await asked("/matters?limit=1")).status, 401);
	await w.page.getByRole("button", { name: "改密码" }).click();
	await w.page.getByLabel("现在的密码").fill("not it at all");
	await w.page.getByLabel("新密码").fill("lan se de hu die zai shan shang");
	await w.page.getByRole("button", { name: "改密码" }).click();
	await body(w.page).locator(".wrong").waitFor();
	assert.equal(await w.page.getByLabel("新密码").inputValue(), "lan se de hu die zai shan shang", "nothing is lost");
	assert.deepEqual(w.complaints.filter((c) => !/401/.test(c)), []);
	await w.close();
});
