using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Search;

/// <summary>The images whose true class would let a certified search save most, in the order in which a person had best review them.</summary>
/// <param name="Items">The images; none where no label could save more.</param>
/// <param name="Saves">The share of compute that is certified to be saved without them; 0 where nothing is.</param>
/// <remarks>
/// They are images that certify, have no label, and are answered otherwise than by the large model in a cascade that could still be certified.
/// Those of the safest cascade come first, because they count as losses in every later one too. The guarantee holds for any choice of what is
/// labelled, so this may look at everything.
/// </remarks>
public sealed record ReviewList(IReadOnlyList<ReviewItem> Items, double Saves)
{
    /// <summary>The share of compute that could be certified to be saved if none of the images were a loss.</summary>
    public double CouldSave => Items.Count == 0 ? Saves : Items[^1].Saves;

    /// <summary>The list for a search.</summary>
    /// <param name="input">The search's input, with −1 for every image that has no label, even where none has.</param>
    /// <param name="rule">The search's rule.</param>
    /// <param name="options">The search's options; null for the defaults.</param>
    /// <exception cref="TinySaverException">The input, the rule or the options are out of range.</exception>
    public static ReviewList Of(SearchInput input, CertifiedRule rule, SearchOptions? options = null)
    {
        options ??= new SearchOptions();
        rule.Check(options);
        SearchInputValidation.Check(input);
        CertifiedSearch.Trial trial = CertifiedSearch.Prepare(input, rule, options);

        // The path that is furthest by now first: what is reviewed for one helps the others little.
        List<Path> paths = [.. trial.Paths.Select(p => new Path(p, trial)).OrderByDescending(p => p.Saves)];
        double certified = paths.Select(p => p.Saves).Append(0).Max();
        var items = new List<ReviewItem>();
        var listed = new HashSet<int>();
        foreach (ReviewItem item in paths.Where(p => p.MostSaves > certified).SelectMany(p => p.Items()).Where(i => listed.Add(i.Row)))
        {
            paths.ForEach(p => p.Forgive(item.Row));
            items.Add(item with { Saves = paths.Max(p => p.Saves) });
        }

        return new(items, certified);
    }

    /// <summary>A sequence of cascades, and which unlabelled images differ from the large model at each.</summary>
    private sealed class Path
    {
        private readonly RiskTest _test;
        private readonly Differences[] _found;
        private readonly double[] _saves;
        private readonly int[] _forgiven;
        private readonly Dictionary<int, (ReviewItem Item, bool[] Steps)> _differing = [];
        private int _certified;

        public Path(ICascadePath path, CertifiedSearch.Trial trial)
        {
            _test = trial.Test;
            _found = path.Count(trial.Rows);
            _saves = new double[_found.Length];
            _forgiven = new int[_found.Length];
            ReadOnlySpan<int> large = trial.Input.Large.Classes.Span;
            ReadOnlySpan<int> labels = trial.Input.Labels.Span;
            for (int step = 0; step < _found.Length; step++)
            {
                CandidateCascade cascade = path.Cascade(step);
                var replay = CascadeReplay.Run([.. cascade.Savers.Select(s => s.Candidate.Replay(s.Threshold))], large);
                _saves[step] = Math.Max(0, -replay.DeltaC);
                foreach (int row in trial.Rows)
                {
                    if (replay.Answers[row] == large[row] || labels.IsEmpty || labels[row] != Labellings.Unknown)
                        continue;

                    if (!_differing.TryGetValue(row, out (ReviewItem, bool[] Steps) known))
                    {
                        Candidate saver = cascade.Savers[replay.DecidedBy[row]].Candidate;
                        known = (new(row, saver.Saver.Name, saver.Column.Values.Span[row], replay.Answers[row], large[row], 0), new bool[_found.Length]);
                        _differing.Add(row, known);
                    }

                    known.Steps[step] = true;
                }
            }

            Advance();
        }

        /// <summary>What is certified to be saved, were the images that are forgiven no losses.</summary>
        public double Saves => _certified == 0 ? 0 : _saves[_certified - 1];

        /// <summary>What would be, were every unlabelled image a gain.</summary>
        public double MostSaves => Furthest < 0 ? 0 : _saves[Furthest];

        private int Furthest => FixedSequence.LastCertified(_found.Length, i => _test.Certifies(_found[i].AtBest()));

        /// <summary>The images that differ where a cascade could still be certified, those of the first cascades first.</summary>
        public IEnumerable<ReviewItem> Items()
        {
            int furthest = Furthest;
            return _differing.Values
                .Select(d => (d.Item, First: Array.IndexOf(d.Steps, true)))
                .Where(d => d.First <= furthest)
                .OrderBy(d => d.First).ThenByDescending(d => d.Item.Confidence).ThenBy(d => d.Item.Row)
                .Select(d => d.Item);
        }

        /// <summary>Takes an image for no loss.</summary>
        public void Forgive(int row)
        {
            if (!_differing.TryGetValue(row, out (ReviewItem, bool[] Steps) known))
                return;

            for (int step = 0; step < _forgiven.Length; step++)
                _forgiven[step] += known.Steps[step] ? 1 : 0;

            Advance();
        }

        private void Advance()
        {
            while (_certified < _found.Length && _test.Certifies(_found[_certified] with { Losses = _found[_certified].Losses - _forgiven[_certified] }))
                _certified++;
        }
    }
}

/// <summary>An image that a person had best review.</summary>
/// <param name="Row">The image's row.</param>
/// <param name="Saver">The saver that answers it.</param>
/// <param name="Confidence">That saver's confidence.</param>
/// <param name="Answer">The class that it answers.</param>
/// <param name="Large">The large model's class.</param>
/// <param name="Saves">The share of compute that could be certified to be saved if neither this image nor one before it in the list were a loss.</param>
public sealed record ReviewItem(int Row, string Saver, float Confidence, int Answer, int Large, double Saves);
