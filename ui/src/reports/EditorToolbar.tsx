import { Icon } from '../shell/Icon'
import { Popover } from '../shell/Popover'
import { useT } from '../shell/settings'

/** The buttons above the text of a report: Markdown marks, help, and what can be inserted. */
export function EditorToolbar({
  onMark,
  onChart,
  onTable,
  onImage,
}: {
  /** surrounds the selection with marks, or puts a mark at the start of its line */
  onMark: (before: string, after?: string) => void
  onChart: () => void
  onTable: () => void
  onImage: () => void
}) {
  const t = useT()
  return (
    <div className="toolbar" role="toolbar" aria-label={t('insert')}>
      <button className="btn small ghost" title={t('heading')} aria-label={t('heading')} onClick={() => onMark('## ')}>
        <strong>H</strong>
      </button>
      <button className="btn small ghost" title={t('bold')} aria-label={t('bold')} onClick={() => onMark('**', '**')}>
        <strong>B</strong>
      </button>
      <button className="btn small ghost" title={t('list')} aria-label={t('list')} onClick={() => onMark('- ')}>
        •
      </button>
      <Popover className="btn small ghost" label="⋯" title={t('markdownHelp')} width={320}>
        {() => (
          <pre className="soft" style={{ margin: 8 }}>
            {
              '# Heading   ## Smaller\n**bold**  *italic*  `code`\n- list     1. numbered\n> quote\n[text](https://…)\n| a | b |\n|---|---|\n| 1 | 2 |'
            }
          </pre>
        )}
      </Popover>
      <span className="spacer" />
      <button className="btn small" onClick={onChart}>
        <Icon name="plus" size={12} />
        {t('chart')}
      </button>
      <button className="btn small" onClick={onTable}>
        <Icon name="plus" size={12} />
        {t('runTable')}
      </button>
      <button className="btn small" onClick={onImage}>
        <Icon name="plus" size={12} />
        {t('image')}
      </button>
    </div>
  )
}
