using Postern.Lab.Grid;

namespace Postern.Tests.Grid;

public class GridFigureTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 2)]
    [InlineData(19, 10, 19)]
    [InlineData(20, 10, 19)]
    [InlineData(21, 11, 20)]
    [InlineData(100, 50, 95)]
    public void A_percentile_is_the_nearest_rank_and_a_figure_that_occurred(int count, double p50, double p95) =>
        GridFigure.Of(Enumerable.Range(1, count).Reverse().Select(figure => (double)figure)).ShouldBe(new(count, p50, p95));

    [Fact]
    public void No_figures_make_no_percentile() => GridFigure.Of([]).ShouldBeNull();
}
