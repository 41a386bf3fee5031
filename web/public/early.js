// Before anything is drawn: theme, size and language, so that nothing flashes.  The first page came along as HTML
// (src/portal/still.ts): its scripts are asked for when it is there, that they do not stand in the way of its style.
(function () {
  var root = document.documentElement
  function kept(key) {
    try {
      return localStorage.getItem(key)
    } catch {
      return null // a browser that keeps nothing still works
    }
  }
  // What a person chose is remembered, else the browser's wish counts.
  function wished() {
    var lang = kept('huiyin.lang')
    if (lang === 'zh-CN' || lang === 'zh-Hant' || lang === 'en') return lang
    var tags = navigator.languages || [navigator.language || '']
    for (var i = 0; i < tags.length; i++) {
      if (/^zh-(hant|tw|hk|mo)/i.test(tags[i])) return 'zh-Hant'
      if (/^zh/i.test(tags[i])) return 'zh-CN'
      if (/^en/i.test(tags[i])) return 'en'
    }
    return 'zh-CN'
  }
  root.setAttribute('data-theme', kept('huiyin.theme') || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'))
  if (kept('huiyin.big')) root.setAttribute('data-big', '')
  root.lang = wished()
  var later = document.currentScript.getAttribute('data-later')
  function add(name, set) {
    var tag = document.createElement(name)
    tag.crossOrigin = ''
    set(tag)
    document.head.appendChild(tag)
  }
  if (!later) return
  later = later.split(' ')
  later.forEach(function (path) {
    add('link', function (tag) {
      tag.rel = 'modulepreload'
      tag.href = path
    })
  })
  // Run when the page has been read: what is kept from another visit would be there before it.
  addEventListener('DOMContentLoaded', function () {
    add('script', function (tag) {
      tag.type = 'module'
      tag.src = later[0]
    })
  })
})()
