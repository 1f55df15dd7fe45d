import { settings, type ToolSettings } from './armed.ts';
import type { ToolInfo } from './tool-list.ts';

/** How strongly the tool in hand works. */
export function ToolSettingsFields({ tool }: { readonly tool: ToolInfo }) {
  return (
    <div class="tool-settings">
      {tool.id === 'slow' ? (
        <>
          <Amount name="latencyMs" label="later by" unit="ms" max={10_000} />
          <Amount name="jitterMs" label="and up to" unit="ms more" max={10_000} />
        </>
      ) : undefined}
      {tool.id === 'drop' ? (
        <Amount name="dropPercent" label="lose" unit="%" max={100} />
      ) : undefined}
      {tool.id === 'duplicate' ? (
        <Amount name="duplicatePercent" label="double" unit="%" max={100} />
      ) : undefined}
      {tool.id === 'clock' ? (
        <Amount name="skewMs" label="ahead by" unit="ms" min={-3_600_000} max={3_600_000} />
      ) : undefined}
      {tool.id === 'disk' ? <DiskChoice /> : undefined}
      {tool.takes === 'node' ? undefined : (
        <label class="check">
          <input
            type="checkbox"
            checked={settings.value.isOneWay}
            onChange={({ currentTarget }) => {
              change({ isOneWay: currentTarget.checked });
            }}
          />
          one way
        </label>
      )}
    </div>
  );
}

function DiskChoice() {
  const { disk } = settings.value;
  return (
    <>
      <label class="check">
        <select
          aria-label="What is wrong with the disk"
          value={disk}
          onChange={({ currentTarget }) => {
            change({ disk: currentTarget.value === 'full' ? 'full' : 'slow' });
          }}
        >
          <option value="full">full</option>
          <option value="slow">slow to sync</option>
        </select>
      </label>
      {disk === 'slow' ? (
        <Amount name="syncDelayMs" label="by" unit="ms" min={1} max={10_000} />
      ) : undefined}
    </>
  );
}

type AmountName = {
  [Name in keyof ToolSettings]: ToolSettings[Name] extends number ? Name : never;
}[keyof ToolSettings];

/** A whole number within bounds; what is typed beyond them is not taken. */
function Amount(props: {
  readonly name: AmountName &
    ('latencyMs' | 'jitterMs' | 'dropPercent' | 'duplicatePercent' | 'skewMs' | 'syncDelayMs');
  readonly label: string;
  readonly unit: string;
  readonly min?: number;
  readonly max: number;
}) {
  const { name, label, unit, min = 0, max } = props;
  return (
    <label class="amount">
      {label}
      <input
        type="number"
        {...{ min, max }}
        step={max === 100 ? 5 : 50}
        value={settings.value[name]}
        onInput={({ currentTarget }) => {
          const value = currentTarget.valueAsNumber;
          if (Number.isInteger(value) && value >= min && value <= max) change({ [name]: value });
        }}
      />
      {unit}
    </label>
  );
}

function change(part: Partial<ToolSettings>): void {
  settings.value = { ...settings.value, ...part };
}
