import { serverAddress } from '../experiments/GettingStarted'
import type { Pictures } from './pictures'

const KEPT = new Set([
  'H1',
  'H2',
  'H3',
  'H4',
  'H5',
  'H6',
  'P',
  'UL',
  'OL',
  'LI',
  'TABLE',
  'THEAD',
  'TBODY',
  'TR',
  'TH',
  'TD',
  'PRE',
  'CODE',
  'BLOCKQUOTE',
  'STRONG',
  'EM',
  'DEL',
  'HR',
  'BR',
  'FIGURE',
  'FIGCAPTION',
])
const LEFT_OUT = new Set([
  'SCRIPT',
  'STYLE',
  'BUTTON',
  'CANVAS',
  'SVG',
  'INPUT',
  'SELECT',
  'TEXTAREA',
  'IFRAME',
  'OBJECT',
  'TEMPLATE',
])
const VOID = new Set(['HR', 'BR'])
const IMAGE_TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
  svg: 'image/svg+xml',
}

const PATIENCE_MILLISECONDS = 30_000

const escape = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

const STYLE = `body{margin:0;background:#fff;color:#1d2129;font:15px/1.65 ui-sans-serif,system-ui,-apple-system,'Segoe UI','Hiragino Sans','Noto Sans CJK JP','Yu Gothic UI',sans-serif}
main{max-width:860px;margin:0 auto;padding:40px 24px 80px}header{border-bottom:1px solid #e5e2db;margin-bottom:28px;padding-bottom:14px}
h1{font-size:27px;line-height:1.25;letter-spacing:-.02em;margin:.2em 0}h2{font-size:20px;margin:1.6em 0 .5em}h3{font-size:16px;margin:1.4em 0 .4em}.meta,figcaption{color:#565d69;font-size:13px}
a{color:#2d55a6}code{background:#f4f2ee;border-radius:4px;padding:1px 4px;font-size:.9em}pre{background:#f4f2ee;padding:12px 14px;border-radius:8px;overflow-x:auto}pre code{background:none;padding:0}
blockquote{margin:0;padding-left:14px;border-left:3px solid #d2cec4;color:#565d69}table{border-collapse:collapse;width:100%;font-size:13.5px}th,td{border-bottom:1px solid #e5e2db;padding:5px 10px;text-align:left}th{color:#565d69;font-weight:500}.n{text-align:right;font-variant-numeric:tabular-nums}
figure{margin:22px 0;border:1px solid #e5e2db;border-radius:9px;padding:12px 14px;overflow-x:auto;break-inside:avoid}figcaption{margin-bottom:8px}figcaption strong{color:#1d2129}figcaption>*{margin-right:10px}figure svg,img{max-width:100%;height:auto;display:block}
.legend{display:flex;flex-wrap:wrap;gap:3px 14px;font-size:12.5px;color:#565d69}.legend i{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:5px}`

/**
 * Returns a report as one HTML file without scripts and without references to other files: charts are SVG, images are data URLs. It is
 * built from the rendered page, from a list of allowed elements, and has a Content-Security-Policy that forbids scripts.
 *
 * @param article the rendered report
 */
export async function exportHtml(
  article: HTMLElement,
  pictures: Pictures,
  about: { title: string; facts: string; language: string; address: string },
): Promise<string> {
  await settled(article)
  const body = await childrenOf(article, pictures)
  return `<!doctype html>
<html lang="${escape(about.language)}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width"><title>${escape(about.title)}</title><style>${STYLE}</style></head>
<body><main><header><h1>${escape(about.title)}</h1><p class="meta">${escape(about.facts)} · <a href="${escape(about.address)}">${escape(about.address)}</a></p></header>
${body}
</main></body></html>
`
}

/** Waits until all charts and images are loaded. */
async function settled(article: HTMLElement) {
  const until = Date.now() + PATIENCE_MILLISECONDS
  while (article.querySelector('[aria-busy="true"]') && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 100))
  await new Promise((resolve) => setTimeout(resolve, 150))
}

async function childrenOf(node: Node, pictures: Pictures): Promise<string> {
  let out = ''
  for (const child of node.childNodes) out += await markupOf(child, pictures)
  return out
}

async function markupOf(node: Node, pictures: Pictures): Promise<string> {
  if (node.nodeType === Node.TEXT_NODE) return escape(node.textContent ?? '')
  if (!(node instanceof HTMLElement) || LEFT_OUT.has(node.tagName) || node.classList.contains('tip')) return ''
  const inner = () => childrenOf(node, pictures)
  const picture = node.dataset['picture']
  if (picture !== undefined) {
    const caption = node.querySelector('figcaption')
    const legend = node.querySelector<HTMLElement>('.legend')
    const swatches = legend ? [...legend.querySelectorAll<HTMLElement>(':scope > span')].map(legendOf).join('') : ''
    return `<figure>${caption ? await markupOf(caption, pictures) : ''}${pictures.get(picture)?.markup() ?? ''}${swatches && `<div class="legend">${swatches}</div>`}</figure>`
  }
  if (node instanceof HTMLImageElement) {
    const source = await dataAddress(node.src)
    return source ? `<img alt="${escape(node.alt)}" src="${source}">` : `<em>${escape(node.alt)}</em>`
  }
  if (node instanceof HTMLAnchorElement) {
    const written = node.getAttribute('href') ?? ''
    const address = written.startsWith('#') ? serverAddress() + '/' + written : node.href
    return /^(https?|mailto):/i.test(address)
      ? `<a href="${escape(address)}" rel="noreferrer">${await inner()}</a>`
      : inner()
  }
  if (!KEPT.has(node.tagName)) return inner()
  const tag = node.tagName.toLowerCase()
  if (VOID.has(node.tagName)) return `<${tag}>`
  return `<${tag}${node.classList.contains('num') ? ' class="n"' : ''}>${await inner()}</${tag}>${/^(P|H\d|LI|TR|UL|OL|TABLE|FIGURE)$/.test(node.tagName) ? '\n' : ''}`
}

function legendOf(entry: HTMLElement): string {
  const colour = /^rgb\(\d+, \d+, \d+\)$/.exec(
    entry.querySelector<HTMLElement>('.swatch')?.style.backgroundColor ?? '',
  )?.[0]
  return `<span>${colour ? `<i style="background:${colour}"></i>` : ''}${escape(entry.textContent)}</span>`
}

/** Returns an image of this server as a data URL; null for anything else. The type is derived from the name, so that it is an image type. */
async function dataAddress(address: string): Promise<string | null> {
  const url = new URL(address, location.href)
  const type = IMAGE_TYPES[(url.searchParams.get('path') ?? '').toLowerCase().replace(/^.*\./, '')]
  if (!type || url.origin !== location.origin) return null
  const response = await fetch(url)
  if (!response.ok) return null
  const bytes = new Uint8Array(await response.arrayBuffer())
  let binary = ''
  for (let i = 0; i < bytes.length; i += 32_768) binary += String.fromCharCode(...bytes.subarray(i, i + 32_768))
  return `data:${type};base64,${btoa(binary)}`
}
