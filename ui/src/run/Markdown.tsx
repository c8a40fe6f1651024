import { Fragment, useMemo, type ReactNode } from 'react'
import { parseMarkdown, type Inline, type MarkdownBlock } from './parseMarkdown'

interface Options {
  /** returns the URL of an image's address, or null if it must not be shown */
  image?: (address: string) => string | null
  /** returns what to show instead of a fenced block, or undefined to show it as code; fences are counted from 0 */
  block?: (language: string, code: string, fence: number) => ReactNode | undefined
}

/**
 * Renders Markdown as React elements, never as HTML, so that a text cannot contain scripts or styles. Links can only have the schemes
 * http, https and mailto, or lead to a page of this UI.
 */
export function Markdown({ text, ...options }: Options & { text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text])
  return <div className="prose">{blocks.map((block, i) => renderBlock(block, i, options))}</div>
}

function renderBlock(block: MarkdownBlock, key: number, options: Options): ReactNode {
  switch (block.kind) {
    case 'code':
      return (
        <Fragment key={key}>
          {options.block?.(block.language, block.code, block.fence) ?? (
            <pre tabIndex={0}>
              <code>{block.code}</code>
            </pre>
          )}
        </Fragment>
      )
    case 'heading': {
      const Tag = `h${block.level}` as 'h1'
      return <Tag key={key}>{renderInline(block.children, options)}</Tag>
    }
    case 'rule':
      return <hr key={key} />
    case 'quote':
      return <blockquote key={key}>{block.children.map((child, i) => renderBlock(child, i, options))}</blockquote>
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul'
      return (
        <List key={key}>
          {block.items.map((item, i) => (
            <li key={i}>
              {renderInline(item.children, options)}
              {item.blocks.map((child, k) => renderBlock(child, k, options))}
            </li>
          ))}
        </List>
      )
    }
    case 'table':
      return (
        <table key={key}>
          <thead>
            <tr>
              {block.head.map((cell, i) => (
                <th key={i}>{renderInline(cell, options)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {block.rows.map((row, i) => (
              <tr key={i}>
                {row.map((cell, k) => (
                  <td key={k}>{renderInline(cell, options)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )
    case 'paragraph':
      return <p key={key}>{renderInline(block.children, options)}</p>
  }
}

function renderInline(parts: Inline[], options: Options): ReactNode[] {
  return parts.map((part, key) => {
    if (typeof part === 'string') return part
    switch (part.kind) {
      case 'code':
        return <code key={key}>{part.text}</code>
      case 'image': {
        const url = options.image?.(part.address)
        return url ? <img key={key} src={url} alt={part.text} loading="lazy" /> : part.source
      }
      case 'link':
        return /^(https?:\/\/|#\/|mailto:)/i.test(part.address) ? (
          <a
            key={key}
            href={part.address}
            rel="noreferrer noopener"
            target={part.address.startsWith('#') ? undefined : '_blank'}
          >
            {renderInline(part.children, options)}
          </a>
        ) : (
          part.source
        )
      case 'strong':
        return <strong key={key}>{renderInline(part.children, options)}</strong>
      case 'em':
        return <em key={key}>{renderInline(part.children, options)}</em>
      case 'del':
        return <del key={key}>{renderInline(part.children, options)}</del>
    }
  })
}
