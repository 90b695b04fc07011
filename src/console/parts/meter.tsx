// How much of a line is used up, as a bar and in words.

export const Meter = ({ value, max, label }: { value: number; max: number; label: string }) => {
  const share = max <= 0 ? 0 : Math.min(1, value / max);
  const tone = share >= 1 ? "full" : share >= 0.5 ? "half" : "low";
  return (
    <svg class={`meter ${tone}`} role="img" aria-label={label} viewBox="0 0 100 8" preserveAspectRatio="none">
      <title>{label}</title>
      <rect class="line" width="100" height="8" />
      <rect class="used" width={share * 100} height="8" />
    </svg>
  );
};
