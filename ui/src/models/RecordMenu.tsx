import { useState } from 'react'
import type { WhyNot } from '../access/useRights'
import { ConfirmDelete } from '../shell/Dialog'
import { Icon } from '../shell/Icon'
import { MenuItem } from '../shell/MenuItem'
import { Popover } from '../shell/Popover'
import { useT } from '../shell/settings'
import { TagDialog } from '../shell/TagDialog'
import { useAction } from '../shell/toasts'
import { useChanged } from './useChanged'

/**
 * The menu of a model or a version: adds a tag, deletes it.
 *
 * @param title the question before it is deleted
 * @param whyNot says why the user may not do something to it
 * @param gone called after it was deleted
 */
export function RecordMenu({
  title,
  whyNot,
  tag,
  remove,
  gone,
}: {
  title: string
  whyNot: WhyNot
  tag: (key: string, value: string) => Promise<unknown>
  remove: () => Promise<unknown>
  gone: () => void
}) {
  const t = useT()
  const act = useAction()
  const changed = useChanged()
  const [open, setOpen] = useState<'tag' | 'delete' | null>(null)
  return (
    <>
      <Popover className="btn icon" title={t('options')} label={<Icon name="more" />}>
        {(close) => (
          <>
            <MenuItem close={close} whyNot={whyNot('update')} onClick={() => setOpen('tag')}>
              {t('addTag')}
            </MenuItem>
            <MenuItem close={close} whyNot={whyNot('delete')} onClick={() => setOpen('delete')}>
              {t('delete')}
            </MenuItem>
          </>
        )}
      </Popover>
      {open === 'delete' && (
        <ConfirmDelete
          title={title}
          text={t('cannotUndo')}
          close={() => setOpen(null)}
          run={() =>
            void act(remove).then((ok) => {
              changed()
              if (ok) gone()
            })
          }
        />
      )}
      {open === 'tag' && (
        <TagDialog
          close={() => setOpen(null)}
          save={async (key, value) => {
            if (await act(() => tag(key, value), t('saved'))) setOpen(null)
            changed()
          }}
        />
      )}
    </>
  )
}
