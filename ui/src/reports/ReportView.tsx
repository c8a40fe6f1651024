import { type ReactNode } from 'react'
import { Markdown } from '../run/Markdown'
import { useT } from '../shell/settings'
import { FENCE, imageAddress, readBlock, type Block } from './blocks'
import { LiveChart } from './LiveChart'
import { LiveTable } from './LiveTable'
import { PicturesContext, type Pictures } from './pictures'

/** The content of a report: its text with live charts and tables. */
export function ReportView({
  text,
  pictures,
  onEdit,
}: {
  text: string
  pictures: Pictures
  /** in the editor: opens the dialog of the block in the fence of this number */
  onEdit?: (fence: number, block: Block) => void
}) {
  const t = useT()
  const show = (language: string, code: string, fence: number): ReactNode | undefined => {
    if (language !== FENCE) return undefined
    const block = readBlock(code)
    if (!block) return <p className="error">{t('blockUnknown')}</p>
    const edit = onEdit && (
      <button className="btn small" onClick={() => onEdit(fence, block)}>
        {t('edit')}
      </button>
    )
    return block.show === 'chart' ? (
      <LiveChart key={code} block={block} edit={edit} />
    ) : (
      <LiveTable key={code} block={block} edit={edit} />
    )
  }
  return (
    <PicturesContext value={pictures}>
      <Markdown text={text} image={imageAddress} block={show} />
    </PicturesContext>
  )
}
