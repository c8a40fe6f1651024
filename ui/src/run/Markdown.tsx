import { Fragment, type ReactNode } from 'react'

/**
 * Renders Markdown as React elements, never as HTML, so that a text cannot contain scripts or styles. Links can only have the schemes
 * http, https and mailto, or lead to a page of this UI.
 */
export function Markdown({
  text,
  image,
  block,
}: {
  text: string
  /** returns the URL of an image's address, or null if it must not be shown */
  image?: (address: string) => string | null
  /** returns what to show instead of a fenced block, or undefined to show it as code; fences are counted from 0 */
  block?: (language: string, code: string, fence: number) => ReactNode | undefined
}) {
  return <div className="prose">{blocks(text.replace(/\r\n?/g, '\n').split('\n'), { image, block, fences: 0 })}</div>
}

interface Options {
  image?: (address: string) => string | null
  block?: (language: string, code: string, fence: number) => ReactNode | undefined
  fences: number
}

function blocks(lines: string[], options: Options): ReactNode[] {
  const out: ReactNode[] = []
  let i = 0
  const key = () => out.length
  const take = (test: (line: string) => boolean) => {
    const from = i
    while (i < lines.length && test(lines[i]!)) i++
    return lines.slice(from, i)
  }
  while (i < lines.length) {
    const line = lines[i]!
    const fence = /^\s*(```+|~~~+)\s*([\w:-]*)/.exec(line)
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line)
    if (!line.trim()) {
      i++
    } else if (fence) {
      i++
      const code = take((l) => !l.trim().startsWith(fence[1]!)).join('\n')
      i++
      out.push(
        <Fragment key={key()}>
          {options.block?.(fence[2]!, code, options.fences++) ?? (
            <pre tabIndex={0}>
              <code>{code}</code>
            </pre>
          )}
        </Fragment>,
      )
    } else if (heading) {
      i++
      const Tag = `h${Math.min(6, heading[1]!.length)}` as 'h1'
      out.push(<Tag key={key()}>{inline(heading[2]!, options)}</Tag>)
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      i++
      out.push(<hr key={key()} />)
    } else if (/^\s*>/.test(line)) {
      out.push(
        <blockquote key={key()}>
          {blocks(
            take((l) => /^\s*>/.test(l)).map((l) => l.replace(/^\s*> ?/, '')),
            options,
          )}
        </blockquote>,
      )
    } else if (/^\s*([-*+]|\d+[.)])\s+/.test(line)) {
      const ordered = /^\s*\d/.test(line)
      const all = take((l) => /^\s*([-*+]|\d+[.)])\s+/.test(l) || /^\s{2,}\S/.test(l))
      const items: string[][] = []
      for (const l of all) {
        if (/^\s{0,1}([-*+]|\d+[.)])\s+/.test(l)) items.push([l.replace(/^\s*([-*+]|\d+[.)])\s+/, '')])
        else items[items.length - 1]?.push(l.replace(/^\s{2,4}/, ''))
      }
      const List = ordered ? 'ol' : 'ul'
      out.push(
        <List key={key()}>
          {items.map((item, k) => (
            <li key={k}>
              {inline(item[0]!, options)}
              {item.length > 1 && blocks(item.slice(1), options)}
            </li>
          ))}
        </List>,
      )
    } else if (line.includes('|') && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[i + 1] ?? '')) {
      const row = (l: string) =>
        l
          .trim()
          .replace(/^\||\|$/g, '')
          .split('|')
          .map((cell) => cell.trim())
      const head = row(line)
      i += 2
      const body = take((l) => l.includes('|')).map(row)
      out.push(
        <table key={key()}>
          <thead>
            <tr>
              {head.map((cell, k) => (
                <th key={k}>{inline(cell, options)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {body.map((cells, r) => (
              <tr key={r}>
                {cells.map((cell, k) => (
                  <td key={k}>{inline(cell, options)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>,
      )
    } else {
      const paragraph = take((l) => l.trim() !== '' && !/^\s*(```|~~~|>|#{1,6}\s|[-*+]\s|\d+[.)]\s)/.test(l))
      if (paragraph.length === 0) paragraph.push(lines[i++]!)
      out.push(<p key={key()}>{inline(paragraph.join('\n'), options)}</p>)
    }
  }
  return out
}

const INLINE =
  /(`+)([\s\S]+?)\1|!\[([^\]]*)\]\(([^)\s]+)\)|\[([^\]]+)\]\(([^)\s]+)\)|(\*\*|__)([\s\S]+?)\7|(\*|_)(?=\S)([\s\S]+?)\9(?!\w)|~~([\s\S]+?)~~|(https?:\/\/[^\s<>)]+)/

function inline(text: string, options: Options): ReactNode[] {
  const out: ReactNode[] = []
  let rest = text
  for (let m = INLINE.exec(rest); m; m = INLINE.exec(rest)) {
    if (m.index > 0) out.push(rest.slice(0, m.index))
    const key = out.length
    if (m[2] !== undefined) out.push(<code key={key}>{m[2]}</code>)
    else if (m[4] !== undefined) {
      const source = options.image?.(m[4]) ?? null
      out.push(source ? <img key={key} src={source} alt={m[3]} loading="lazy" /> : m[0])
    } else if (m[6] !== undefined) {
      out.push(
        /^(https?:\/\/|#\/|mailto:)/i.test(m[6]) ? (
          <a key={key} href={m[6]} rel="noreferrer noopener" target={m[6].startsWith('#') ? undefined : '_blank'}>
            {inline(m[5]!, options)}
          </a>
        ) : (
          m[0]
        ),
      )
    } else if (m[8] !== undefined) out.push(<strong key={key}>{inline(m[8], options)}</strong>)
    else if (m[10] !== undefined) out.push(<em key={key}>{inline(m[10], options)}</em>)
    else if (m[11] !== undefined) out.push(<del key={key}>{inline(m[11], options)}</del>)
    else
      out.push(
        <a key={key} href={m[12]} rel="noreferrer noopener" target="_blank">
          {m[12]}
        </a>,
      )
    rest = rest.slice(m.index + m[0].length)
  }
  if (rest) out.push(rest)
  return out
}
