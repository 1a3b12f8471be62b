namespace Postern.Lab.Schedules;

/// <summary>How one product opens a direct path, as it publishes it.</summary>
internal interface ISchedule
{
    /// <summary>The product's name, in lower case.</summary>
    string Product { get; }

    /// <summary>Sets both sides to work; each then goes on by itself.</summary>
    void Start(ScheduleWorld world);
}
