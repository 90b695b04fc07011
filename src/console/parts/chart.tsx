// Small charts as SVG, drawn here: attributes of SVG are no inline style, and a picture of 24 bars needs no library.

const BAR = 4;
const GAP = 1;
const HEIGHT = 24;

/** Requests and failures by the hour: a bar for each, with its part that failed. */
export const HourBars = ({
  hours,
  label,
}: {
  hours: readonly (readonly [requests: number, failures: number])[];
  label: string;
}) => {
  const most = Math.max(1, ...hours.map(([requests]) => requests));
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count / most) * HEIGHT));
  return (
    <svg
      class="bars"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${hours.length * (BAR + GAP)} ${HEIGHT}`}
      width={hours.length * (BAR + GAP)}
      height={HEIGHT}
    >
      <title>{label}</title>
      {hours.map(([requests, failures], at) => (
        <>
          <rect
            class="all"
            x={at * (BAR + GAP)}
            y={HEIGHT - heightOf(requests)}
            width={BAR}
            height={heightOf(requests)}
          />
          {failures > 0 && (
            <rect
              class="failed"
              x={at * (BAR + GAP)}
              y={HEIGHT - heightOf(failures)}
              width={BAR}
              height={heightOf(failures)}
            />
          )}
        </>
      ))}
      <line x1="0" x2={hours.length * (BAR + GAP)} y1={HEIGHT} y2={HEIGHT} />
    </svg>
  );
};
