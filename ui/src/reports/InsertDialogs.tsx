import { BlockDialog } from './BlockDialog'
import { writeBlock, type Block } from './blocks'
import { ImageDialog } from './ImageDialog'

/** What a dialog of the editor inserts or changes: an image, a new block, or the block in a fence. */
export type InsertDialog = 'image' | { show: Block['show']; fence?: number; block?: Block }

/** The open dialog of the editor that inserts or changes something. */
export function InsertDialogs({
  dialog,
  close,
  onInsert,
  onReplace,
}: {
  dialog: InsertDialog
  close: () => void
  /** inserts a paragraph */
  onInsert: (markdown: string) => void
  /** replaces the fenced block of a number */
  onReplace: (fence: number, markdown: string) => void
}) {
  if (dialog === 'image')
    return (
      <ImageDialog
        close={close}
        done={(markdown) => {
          close()
          onInsert(markdown)
        }}
      />
    )
  const { show, fence, block } = dialog
  const put = (markdown: string) => {
    if (fence === undefined) onInsert(markdown)
    else onReplace(fence, markdown)
    close()
  }
  return (
    <BlockDialog
      show={show}
      initial={block}
      close={close}
      remove={fence === undefined ? undefined : () => put('')}
      done={(changed) => put(writeBlock(changed))}
    />
  )
}
