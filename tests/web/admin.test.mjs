// Administering what holds: packs and calendar notices, proposed by one person and brought into force by another.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axe, ROOT, startBrowser } from "./city.mjs";
import { askAs, openWork, settledWork, startDemo } from "./work.mjs";

let city, browser, dir;
before(async () => {
	city = await startDemo();
	browser = await startBrowser();
	dir = mkdtempSync(join(tmpdir(), "huiyin-packs-"));
});
after(async () => {
	await browser?.close();
	await city?.stop();
	rmSync(dir, { recursive: true });
});

const body = (page) => page.locator("main");
const field = (page, name) => page.locator(".field", { hasText: name }).locator("input, textarea, select").first();
const now = async () => (await askAs(city.base, "sysadmin", "/institution")).pack;

// The city's own folder of the demo with something changed.
function ourPack(change) {
	const to = join(dir, "demo-city-" + Math.random().toString(36).slice(2));
	cpSync(join(ROOT, "packs/demo-city"), to, { recursive: true });
	mkdirSync(join(to, "rules"));
	change(to);
	return to;
}

test("a pack: checked, its mistakes named by line, compared in words, proposed by one, brought into force by another", async () => {
	const before = await now();
	const admin = await openWork(browser, city.base, { login: "sysadmin", path: "/packs" });
	await body(admin.page).getByText("没有等待批准的规则").waitFor();
	await body(admin.page).getByRole("button", { name: "提出新规则" }).click();
	await body(admin.page).locator(".folders li").getByText("demo_city", { exact: true }).waitFor();

	// A folder with a slip of the pen: where it is, and no way on.
	const wrong = ourPack((to) => writeFileSync(join(to, "rules/wrong.yaml"), "rules:\n  - id: X\n    titel: 错\n"));
	await body(admin.page).locator("input[type=file]").setInputFiles(wrong);
	await body(admin.page).locator(".folders").getByText("新上传").waitFor();
	await body(admin.page).getByRole("button", { name: "检查", exact: true }).click();
	await body(admin.page).getByText("有错误，不能启用").waitFor();
	await body(admin.page).locator(".draft code", { hasText: /rules\/wrong\.yaml:\d+:\d+/ }).first().waitFor();
	assert.equal(await body(admin.page).getByRole("button", { name: "提出", exact: true }).isDisabled(), true);

	// Mended: a new limit and another version.
	const good = ourPack((to) => {
		const file = join(to, "pack.yaml");
		writeFileSync(file, readFileSync(file, "utf8").replace(/^version:.*$/m, "version: 2099.1.1"));
		writeFileSync(join(to, "rules/noise.yaml"), "rules:\n  - id: NOISE\n    title: {zh-CN: 噪声, zh-Hant: 噪聲, en: Noise}\n    from: {zh-CN: 甲, zh-Hant: 甲, en: a}\n    to: {zh-CN: 乙, zh-Hant: 乙, en: b}\n    source: D\n    values:\n      - {limit: 3wd, clause: 本市规定 第三条}\n");
	});
	await body(admin.page).locator("input[type=file]").setInputFiles(good);
	await body(admin.page).getByRole("button", { name: "检查", exact: true }).click();
	await body(admin.page).getByText(/检查无误，\d+ 个测试全部通过/).waitFor();
	await body(admin.page).locator(".draft").getByText("新增时限“噪声”：3个工作日（本市规定 第三条）").waitFor();
	await body(admin.page).locator(".draft").getByText("没有未办结事项的到期日会变。").waitFor();
	await admin.page.getByRole("button", { name: "EN", exact: true }).click();
	await body(admin.page).locator(".draft").getByText("new: time limit “Noise”: 3 working days").waitFor();
	await admin.page.getByRole("button", { name: "简", exact: true }).click();
	assert.deepEqual(await axe(admin.page), []);
	await field(admin.page, "为什么改").fill("本市新规定");
	await body(admin.page).getByRole("button", { name: "提出", exact: true }).click();
	await body(admin.page).getByText("这是您提出的，要由另一人批准。").waitFor();
	assert.equal(await body(admin.page).getByRole("button", { name: "批准并启用" }).count(), 0);
	assert.equal((await now()).versions, before.versions, "proposed is not in force");
	const at = new URL(admin.page.url()).hash.slice(1);

	const second = await openWork(browser, city.base, { login: "secadmin", path: "/packs" });
	await body(second.page).getByRole("link", { name: "demo_city 2099.1.1" }).click();
	await second.page.waitForURL((u) => u.hash === "#" + at);
	await body(second.page).locator(".draft").getByText("新增时限“噪声”").waitFor();
	await body(second.page).getByRole("button", { name: "批准并启用" }).click();
	await field(second.page.getByRole("dialog"), "说明").fill("与文件一致");
	await second.page.getByRole("dialog").getByRole("button", { name: "批准并启用" }).click();
	await body(second.page).getByText(`已启用，是第 ${before.versions + 1} 版`).waitFor();
	assert.equal((await now()).version, "2099.1.1");
	await second.show("/rules");
	await body(second.page).getByText("NOISE").waitFor();
	await second.show("/packs");
	const row = body(second.page).locator("table", { hasText: "历次版本" }).locator("tbody tr").first();
	assert.deepEqual((await row.locator("td").allTextContents()).slice(2), ["sysadmin", "secadmin"]);

	// The audit administrator finds both, and can only look at the proposal.
	const audit = await openWork(browser, city.base, { login: "audadmin", path: at });
	await body(audit.page).getByText("与文件一致").waitFor();
	assert.equal(await body(audit.page).getByRole("button", { name: /批准|收回/ }).count(), 0);
	const { acts } = await askAs(city.base, "audadmin", "/audit?act=pack.");
	assert.deepEqual(acts.slice(0, 2).map((a) => [a.act, a.login]), [["pack.activate", "secadmin"], ["pack.propose", "sysadmin"]]);
	assert.deepEqual([...admin.complaints, ...second.complaints, ...audit.complaints], []);
	for (const w of [admin, second, audit]) await w.close();
});

test("a notice moves dates", async () => {
	// A notice that makes the next working days days of rest: every date counted over them moves.
	const { now: instant } = await askAs(city.base, "sysadmin", "/institution");
	const day = (n) => new Date(Date.parse(instant.slice(0, 10) + "T00:00:00Z") + n * 864e5).toISOString().slice(0, 10);
	const year = Number(day(3).slice(0, 4));
	const notice = { year, papers: ["https://www.gov.cn/test"], days: Array.from({ length: 9 }, (_, i) => ({ name: "国庆节", date: day(i + 2), isOffDay: true })) };

	const admin = await openWork(browser, city.base, { login: "sysadmin", path: "/calendar" });
	await body(admin.page).getByText("还没有提出过放假通知").waitFor();
	await body(admin.page).getByRole("button", { name: "导入放假通知" }).click();
	const file = body(admin.page).locator(".import-notice input[type=file]");
	await file.setInputFiles({ name: "notice.json", mimeType: "application/json", buffer: Buffer.from('{"year": 2026, "days": 3}') });
	await body(admin.page).getByText("有错误，不能启用").waitFor();
	await file.setInputFiles({ name: `${year}.json`, mimeType: "application/json", buffer: Buffer.from(JSON.stringify(notice)) });
	await body(admin.page).getByText(`${year}年放假通知：格式无误`).waitFor();
	await body(admin.page).locator(".moved tbody tr").first().waitFor();
	const [, n] = /^([\d,]+) 件未办结/.exec(await body(admin.page).locator(".draft b", { hasText: "件未办结事项的到期日会变" }).textContent());
	const total = Number(n.replace(",", ""));
	const counts = (await body(admin.page).locator(".unit-counts b").allTextContents()).map((x) => Number(x.replace(",", "")));
	assert.equal(counts.reduce((a, b) => a + b, 0), total, "the units add up");
	const more = body(admin.page).getByRole("button", { name: "全部列出" });
	if (await more.count()) {
		await more.click();
		await more.waitFor({ state: "detached" });
	}
	const kept = Number(/(\d+)/.exec((await body(admin.page).locator(".draft", { hasText: "只计数" }).count()) ? await body(admin.page).getByText("只计数").textContent() : "0")[1]);
	assert.equal(await body(admin.page).locator(".moved tbody tr").count(), total - kept, "every date is listed");
	const code = await body(admin.page).locator(".moved tbody th").first().textContent();
	const due = async () => (await askAs(city.base, "efficacy_office", "/matters/" + code)).due_at;
	const old = await due();
	assert.deepEqual(await axe(admin.page), []);
	await field(admin.page, "为什么改").fill("国办通知");
	await body(admin.page).getByRole("button", { name: "提出", exact: true }).click();
	await body(admin.page).getByText("这是您提出的").waitFor();
	assert.equal(await due(), old, "nothing has moved yet");

	const second = await openWork(browser, city.base, { login: "secadmin", path: "/calendar" });
	await body(second.page).getByRole("link", { name: `${year}年放假通知` }).click();
	await body(second.page).locator(".moved tbody tr").first().waitFor();
	await body(second.page).getByRole("button", { name: "批准并启用" }).click();
	await second.page.getByRole("dialog").getByText(`${total} 件未办结事项的到期日随之改变`).waitFor();
	await field(second.page.getByRole("dialog"), "说明").fill("与原文相符");
	await second.page.getByRole("dialog").getByRole("button", { name: "批准并启用" }).click();
	await second.page.getByText(`已启用，${total} 件的到期日变了`).waitFor();
	assert.notEqual(await due(), old);

	// The matter says so itself, and names the notice.
	const office = await openWork(browser, city.base, { login: "efficacy_office", path: "/matters/" + code });
	await body(office.page).locator(".timeline").getByText("时限因放假通知变动").first().waitFor();
	await office.show("/calendar");
	await body(office.page).locator(".month td.is-holiday").first().waitFor();
	assert.equal(await body(office.page).getByText("提出的通知").count(), 0, "others see the calendar alone");
	await settledWork(office.page);
	assert.deepEqual([...admin.complaints, ...second.complaints, ...office.complaints], []);
	for (const w of [admin, second, office]) await w.close();
});
