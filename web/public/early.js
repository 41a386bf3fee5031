// Before anything is drawn: theme, language and size chosen last time, so that nothing flashes.
(function () {
  var root = document.documentElement
  try {
    var theme = localStorage.getItem('huiyin.theme')
    if (!theme) theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
    root.setAttribute('data-theme', theme)
    if (localStorage.getItem('huiyin.big')) root.setAttribute('data-big', '')
    var lang = localStorage.getItem('huiyin.lang')
    if (lang) root.lang = lang
  } catch {
    /* a browser that keeps nothing still works */
  }
})()
