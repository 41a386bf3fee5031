// Before anything is drawn: the theme and language chosen last time, so that nothing flashes.
(function () {
	var root = document.documentElement;
	try {
		var theme = localStorage.getItem("theme");
		if (!theme) theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
		root.setAttribute("data-theme", theme);
		var asked = /[?&]lang=(zh-CN|zh-Hant|en)(&|$)/.exec(location.search);
		var lang = (asked && asked[1]) || localStorage.getItem("lang");
		if (!lang) {
			var first = navigator.language || "";
			lang = /^zh-(hant|tw|hk|mo)/i.test(first) ? "zh-Hant" : /^en/i.test(first) ? "en" : "zh-CN";
		}
		root.lang = lang;
	} catch (e) {
		/* a browser that keeps nothing still works */
	}
})();
