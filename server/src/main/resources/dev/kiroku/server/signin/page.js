// The choices that the user has made in the web UI. Without scripts the page follows the preferences of the browser.
try {
  const stored = (key) => JSON.parse(localStorage.getItem('kiroku.' + key) ?? 'null')
  if (stored('theme')) document.documentElement.dataset.theme = stored('theme')
  const url = new URL(location.href)
  // A provider's pages would lose the part after '#', which names a page of the web UI. A form keeps it by itself.
  addEventListener('DOMContentLoaded', () => {
    const start = document.getElementById('start')
    if (!start || !location.hash) return
    const target = new URL(start.href)
    target.searchParams.set('next', (target.searchParams.get('next') ?? '') + location.hash)
    start.href = target
  })
  const language = stored('language')
  if (language && language !== document.documentElement.lang && !url.searchParams.has('lang')) {
    url.searchParams.set('lang', language)
    location.replace(url)
  }
} catch {
  // no storage
}
