import { Dialog, DialogActions } from '../shell/Dialog'
import type { Key } from '../shell/messages'
import { useT } from '../shell/settings'

const SHORTCUTS: [keys: string[], text: Key][] = [
  [['Ctrl', 'K'], 'searchEverything'],
  [['/'], 'shortcutFilter'],
  [['?'], 'shortcuts'],
  [['Esc'], 'shortcutClose'],
  [['↑', '↓'], 'shortcutChoose'],
  [['Enter'], 'shortcutApply'],
]

/** The keyboard shortcuts. */
export function ShortcutsDialog({ close }: { close: () => void }) {
  const t = useT()
  return (
    <Dialog title={t('shortcuts')} close={close}>
      <dl className="facts">
        {SHORTCUTS.map(([keys, text]) => (
          <div key={text} style={{ display: 'contents' }}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
      <DialogActions close={close}>{null}</DialogActions>
    </Dialog>
  )
}
